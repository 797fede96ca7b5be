# The survey package's part: the shares of one item in every domain, without gaps.
#   Rscript bench/estimation/with_r.R FILE.csv
suppressMessages(library(survey))
rows <- read.csv(commandArgs(TRUE)[1])
start <- proc.time()
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = rows, nest = TRUE)
shares <- svyby(~b0, ~profile + region, design, svymean)
spent <- proc.time() - start
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) * 1024 / 1e6
cat(sprintf(
  '{"name": "R survey, one item", "start": %f, "seconds": %f, "cpu": %f, "megabytes": %f, "answer": [%.15g, %.15g], "versions": {"R": "%s", "survey": "%s"}}\n',
  start["elapsed"], spent["elapsed"], spent["user.self"] + spent["sys.self"], peak,
  coef(shares)[1], SE(shares)[1], getRversion(), packageVersion("survey")
))

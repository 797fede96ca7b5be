# Reference numbers for brecha's tests, from R's survey package (written with R 4.2.2, survey 4.1-1).
#
#   cd tests/data && Rscript r_more_cases.R
#
# reads the CSVs beside it (and makes apiclus2.csv, two_stage.csv and panel.csv where they are absent), writes
# r_more_cases.json: id -> {id, data, design, r, given, options, note, expected}. `design` and `r` are the commands
# that are run here, literally; `given` (only where needed) holds what they take besides the data: population
# totals, replicate factors. Most numbers are computed a second time in plain R; `stopifnot` if the two disagree.

suppressPackageStartupMessages(library(survey))
options(warn = 1)
invisible(Sys.setlocale("LC_COLLATE", "C")) # the order of factor levels

# ---------------------------------------------------------------------------------------------- data

if (!file.exists("apiclus2.csv")) {
  data(api)
  keep <- c("dnum", "snum", "stype", "cname", "sch.wide", "comp.imp", "awards", "api00", "api99", "meals", "ell",
            "enroll", "api.stu", "pw", "fpc1", "fpc2")
  write.csv(apiclus2[keep], "apiclus2.csv", row.names = FALSE)
}

if (!file.exists("two_stage.csv")) { # synthetic: 3 strata, 15 PSUs, their units; unequal weights, missing y
  set.seed(20240611, "Mersenne-Twister", "Inversion", "Rejection")
  plan <- data.frame(stratum = rep(c("north", "centre", "south"), c(4, 5, 6)), n1 = rep(c(20, 30, 12), c(4, 5, 6)),
                     taken = rep(c(4, 5, 6), c(4, 5, 6)), psu = 101:115)
  plan$n2 <- c(8, 14, 25, 40, 12, 9, 30, 18, 5, 21, 16, 10, 33, 7, 27)
  plan$units <- c(4, 5, 7, 8, 6, 3, 8, 6, 5, 7, 5, 4, 8, 3, 6) # psu 109: all its 5 units
  two_stage <- do.call(rbind, lapply(seq_len(nrow(plan)), function(i) {
    p <- plan[i, ]
    group <- sample(c("a", "b", "c"), p$units, replace = TRUE, prob = c(.5, .3, .2))
    level <- rnorm(1, 0, 6)
    y <- round(50 + level + c(a = 0, b = 5, c = -8)[group] + rnorm(p$units, 0, 10), 1)
    adjust <- c(a = 1.25, b = 0.9, c = 0.7)[group] * runif(p$units, 0.9, 1.1)
    data.frame(stratum = p$stratum, psu = p$psu, unit = p$psu * 100 + seq_len(p$units), n1 = p$n1, n2 = p$n2,
               w = round(p$n1 / p$taken * p$n2 / p$units * adjust, 4), group = group, y = y,
               x = round(20 + 0.5 * y + rnorm(p$units, 0, 4), 1), yes = rbinom(p$units, 1, plogis((y - 50) / 8)))
  }))
  two_stage$y[c(3, 29, 61)] <- NA
  write.csv(two_stage, "two_stage.csv", row.names = FALSE)
}

if (!file.exists("panel.csv")) { # synthetic: 6 strata of 2 PSUs, the same PSUs in two waves, other persons
  set.seed(20240612, "Mersenne-Twister", "Inversion", "Rejection")
  panel <- do.call(rbind, lapply(1:12, function(psu) {
    place <- rnorm(1, 0, 8)
    do.call(rbind, lapply(1:2, function(wave) {
      n <- sample(6:9, 1)
      sex <- sample(c("man", "woman"), n, replace = TRUE)
      y <- round(60 + place + 4 * (wave == 2) + 6 * (sex == "man") + rnorm(n, 0, 9), 1)
      data.frame(stratum = (psu + 1) %/% 2, psu = psu, wave = wave, sex = sex, w = round(runif(n, 40, 160), 2), y = y,
                 yes = rbinom(n, 1, plogis((y - 64) / 10)))
    }))
  }))
  panel$y[c(5, 40, 41, 111)] <- NA
  write.csv(panel, "panel.csv", row.names = FALSE)
}

from_csv <- function(name) read.csv(paste0(name, ".csv"), stringsAsFactors = TRUE)
for (name in c("nhanes", "apistrat", "apiclus1", "apiclus2", "quota854", "two_stage", "panel"))
  assign(name, from_csv(name))

# ---------------------------------------------------------------------------------------------- JSON

json <- function(x) {
  if (is.null(x) || length(x) == 0) return(if (is.list(x)) "{}" else "[]")
  if (is.data.frame(x)) x <- unname(lapply(seq_len(nrow(x)), function(i) as.list(x[i, ])))
  if (is.matrix(x)) return(paste0("[", paste(apply(x, 1, function(row) json(I(unname(row)))), collapse = ", "), "]"))
  if (is.list(x)) {
    parts <- vapply(x, json, "")
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ", "), "]"))
    return(paste0("{", paste(sprintf("%s: %s", vapply(names(x), json, ""), parts), collapse = ", "), "}"))
  }
  if (is.factor(x)) x <- as.character(x)
  one <- if (is.character(x)) {
    paste0("\"", gsub("\"", "\\\\\"", gsub("\\\\", "\\\\\\\\", x)), "\"")
  } else if (is.logical(x)) {
    ifelse(is.na(x), "null", tolower(as.character(x)))
  } else {
    ifelse(is.finite(x), sprintf("%.15g", x + 0), "null")
  }
  if (length(one) == 1 && !inherits(x, "AsIs")) one else paste0("[", paste(one, collapse = ", "), "]")
}

# ---------------------------------------------------------------------------------------------- cases

designs <- list()
cases <- list()

# A design: its name, its CSV, the command; where the second computation needs them, the columns of its stages.
design <- function(name, data, code, strata = NULL, psu = NULL, pop = NULL, unit = NULL, pop2 = NULL, base = NULL,
                   given = NULL, X = NULL, margins = NULL, extra_by = NULL, options = list(), note = "") {
  value <- eval(parse(text = code), globalenv())
  assign(name, value, globalenv())
  code <- sprintf("%s <- %s", name, code)
  if (!is.null(base)) {
    from <- designs[[base]]
    code <- paste0(from$code, "; ", code)
    for (field in c("strata", "psu", "pop", "unit", "pop2")) assign(field, from[[field]])
    given <- c(from$given, given[!names(given) %in% names(from$given)])
    if (nzchar(from$note)) note <- trimws(paste(from$note, note))
    options <- from$options
  }
  designs[[name]] <<- list(data = data, code = code, strata = strata, psu = psu, pop = pop, unit = unit, pop2 = pop2,
                           base = base, given = given, X = X, margins = margins, extra_by = extra_by, options = options,
                           note = note)
}

# A case: `r` is evaluated as it stands; what it returns becomes `expected`, with `more` added.
case <- function(id, on, r, note = NULL, more = list(), given = NULL, keep = TRUE) {
  stopifnot(!id %in% names(cases), on %in% names(designs))
  d <- designs[[on]]
  value <- eval(parse(text = r), globalenv())
  expected <- c(expected_of(value), more)
  note <- trimws(paste(c(d$note, note), collapse = " "))
  given <- c(d$given, given)
  cases[[id]] <<- c(list(id = id, data = d$data, design = d$code, r = r), if (length(given)) list(given = given),
                    list(options = d$options, note = note, expected = expected))
  invisible(value)
}

expected_of <- function(x) {
  if (inherits(x, "expected")) return(unclass(x))
  if (inherits(x, "svyttest")) {
    ci <- as.vector(x$conf.int)
    return(list(est = unname(x$estimate), se = unname(x$estimate / x$statistic), t = unname(x$statistic),
                df = unname(x$parameter), p = as.vector(x$p.value), ci95 = ci))
  }
  if (inherits(x, "htest"))
    return(list(statistic = as.vector(x$statistic), parameter = unname(x$parameter), p = as.vector(x$p.value)))
  if (inherits(x, "svyciprop"))
    return(list(est = as.vector(x), lo = unname(attr(x, "ci")[1]), hi = unname(attr(x, "ci")[2])))
  if (inherits(x, "newsvyquantile")) {
    q <- x[[1]]
    return(list(p = as.numeric(rownames(q)), est = unname(q[, 1]), lo = unname(q[, 2]), hi = unname(q[, 3]),
                se = unname(q[, "se"])))
  }
  est <- c(coef(x))
  v <- as.matrix(vcov(x))
  se <- sqrt(diag(v))
  stopifnot(close_to(se, unlist(SE(x)), 1e-12))
  se <- zap(se, est)
  out <- list(label = names(est), est = unname(est), se = unname(se))
  if (length(est) > 1) out$vcov <- clean(v, se)
  if (is.null(out$label)) out$label <- NULL
  out
}

zap <- function(se, est) ifelse(se < 1e-12 * abs(est), 0, se) # rounding

# Covariances that are zero up to rounding are written 0.
clean <- function(v, se = NULL) {
  v <- unname(as.matrix(v))
  s <- sqrt(pmax(diag(v), 0))
  v[abs(v) <= 1e-13 * outer(s, s)] <- 0
  if (!is.null(se)) v[se == 0, ] <- v[, se == 0] <- 0
  v
}

weights_of <- function(d) {
  w <- unname(weights(d, "sampling"))
  structure(list(w_first10 = w[1:10], wsum = sum(w), wmin = min(w), wmax = max(w), wsumsq = sum(w^2)),
            class = "expected")
}

close_to <- function(a, b, tol = 1e-9) {
  a <- as.vector(a); b <- as.vector(b)
  length(a) == length(b) && all(abs(a - b) <= tol * pmax(abs(a), abs(b)) + 1e-300)
}
near <- function(a, b, tol = 1e-9) { # matrices: relative to the standard errors
  s <- sqrt(pmax(diag(as.matrix(b)), 0))
  all(abs(as.matrix(a) - as.matrix(b)) <= tol * outer(s, s) + 1e-300)
}

# ------------------------------------------------------- the second computation, in plain R


# Variance of the totals of u (weighted values, one row a sampled row): between PSUs within strata, then, when the
# design has a second stage with its population sizes, between units within PSUs times the first-stage fraction.
plain_vcov <- function(u, d) {
  s <- designs[[d]]
  frame <- get(base_of(d))$variables
  all_rows <- matrix(0, nrow(frame), NCOL(u)) # rows that a design has dropped are zeros: n_h is that of the whole
  all_rows[rows_of(d), ] <- as.matrix(u)
  u <- all_rows
  pick <- function(cols) if (is.null(cols)) rep(1L, nrow(u)) else interaction(frame[cols], drop = TRUE)
  stratum <- pick(s$strata)
  psu <- if (is.null(s$psu)) seq_len(nrow(u)) else pick(c(s$strata, s$psu))
  v <- matrix(0, ncol(u), ncol(u))
  for (h in split(seq_len(nrow(u)), stratum)) {
    totals <- rowsum(u[h, , drop = FALSE], as.integer(factor(psu[h])))
    n <- nrow(totals)
    left <- if (is.null(s$pop)) 1 else 1 - n / frame[h[1], s$pop]
    if (n > 1) v <- v + left * n / (n - 1) * crossprod(sweep(totals, 2, colMeans(totals)))
    if (is.null(s$pop2)) next
    for (p in split(h, as.integer(factor(psu[h])))) {
      m <- length(p)
      left2 <- 1 - m / frame[p[1], s$pop2]
      if (m > 1) v <- v + (n / frame[h[1], s$pop]) * left2 * m / (m - 1) *
          crossprod(sweep(u[p, , drop = FALSE], 2, colMeans(u[p, , drop = FALSE])))
    }
  }
  v
}

base_of <- function(d) if (is.null(designs[[d]]$base)) d else base_of(designs[[d]]$base)
rows_of <- function(d) match(rownames(get(d)$variables), rownames(get(base_of(d))$variables))
base_weights <- function(d) weights(get(base_of(d)), "sampling")[rows_of(d)]

# u_i = w_i (z_i - x_i'B): w the weights of the design, B the regression of z on x weighted by `by`.
residual <- function(z, d, by = base_weights(d)) {
  X <- designs[[d]]$X
  z <- as.matrix(z)
  if (!is.null(X)) {
    x <- model.matrix(X, model.frame(get(d)))
    z <- qr.resid(qr(x * sqrt(by)), z * sqrt(by)) / sqrt(by)
  }
  z * weights(get(d), "sampling")
}

# Totals, means or ratios of y (over x) by domain, on any design: estimates and linearised values z, one column a
# domain (and variable). A missing y (or x) leaves the row out of the domain.
linearised <- function(kind, y, d, by = NULL, x = NULL) {
  frame <- model.frame(get(d))
  w <- weights(get(d), "sampling")
  domain <- if (is.null(by)) factor(rep("all", nrow(frame))) else interaction(frame[by], drop = TRUE)
  est <- numeric(0)
  z <- NULL
  for (variable in y) for (level in levels(domain)) {
    inside <- domain == level & !is.na(frame[[variable]])
    if (!is.null(x)) inside <- inside & !is.na(frame[[x]])
    top <- ifelse(inside, frame[[variable]], 0)
    below <- switch(kind, total = NULL, mean = as.numeric(inside), ratio = ifelse(inside, frame[[x]], 0))
    estimate <- sum(w * top)
    if (is.null(below)) {
      column <- top
    } else {
      estimate <- estimate / sum(w * below)
      column <- (top - estimate * below) / sum(w * below)
    }
    label <- if (is.null(by)) variable else if (length(y) > 1) paste(level, variable, sep = ":") else level
    est[label] <- estimate
    z <- cbind(z, column)
  }
  list(est = est, z = unname(z))
}

# ------------------------------------------------------------- 1. totals, means, ratios in domains

design("strat", "apistrat", "svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)",
       strata = "stype", pop = "fpc")
design("clus1", "apiclus1", "svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)",
       psu = "dnum", pop = "fpc")
design("nh", "nhanes",
       "svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)",
       strata = "SDMVSTRA", psu = "SDMVPSU")
design("Q", "quota854",
       "svydesign(id = ~1, strata = ~interaction(region, profile), weights = ~w0, fpc = ~Nh, data = quota854)",
       strata = c("region", "profile"), pop = "Nh")
design("Qc", "quota854", "svydesign(id = ~site, strata = ~region, weights = ~w0, nest = TRUE, data = quota854)",
       strata = "region", psu = "site")

# A missing y is a domain: subset() keeps the design. svyby(covmat = TRUE, na.rm = TRUE) would fail there, or, where a
# domain's rows are a multiple of those that answered, recycle silently and give a wrong vcov.
by_domain <- function(id, on, kind, y, by = NULL, x = NULL, note = "") {
  frame <- model.frame(get(on))
  used <- c(y, x)
  gaps <- used[vapply(used, function(v) anyNA(frame[[v]]), NA)]
  inside <- on
  if (length(gaps)) inside <- sprintf("subset(%s, %s)", on, paste0("!is.na(", gaps, ")", collapse = " & "))
  plus <- paste(y, collapse = " + ")
  fun <- c(total = "svytotal", mean = "svymean", ratio = "svyratio")[[kind]]
  r <- if (is.null(by) && kind == "ratio") sprintf("svyratio(~%s, ~%s, %s)", plus, x, inside)
  else if (is.null(by)) sprintf("%s(~%s, %s)", fun, plus, inside)
  else if (kind == "ratio") sprintf("svyby(~%s, ~%s, denominator = ~%s, design = %s, svyratio, covmat = TRUE)",
                                    plus, paste(by, collapse = " + "), x, inside)
  else sprintf("svyby(~%s, ~%s, %s, %s, covmat = TRUE)", plus, paste(by, collapse = " + "), inside, fun)
  if (length(gaps) && length(y) > 1)
    stop("several variables with missing values: R would drop a row with any of them")
  if (length(gaps)) note <- trimws(paste("missing values are a domain; design kept.", note))
  value <- case(id, on, r, note, more = list(df = degf(get(on))))
  second <- linearised(kind, y, on, by, x)
  stopifnot(close_to(coef(value), second$est), near(vcov(value), plain_vcov(residual(second$z, on), on), 1e-8))
  if (!is.null(by)) { # SEs without covmat, na.rm = TRUE, must be the same
    again <- if (kind == "ratio")
      svyby(reformulate(y), reformulate(by), denominator = reformulate(x), design = get(on), svyratio, na.rm = TRUE)
    else svyby(reformulate(y), reformulate(by), get(on), get(fun), na.rm = TRUE)
    stopifnot(close_to(unlist(SE(again)), unlist(SE(value))))
  }
}

by_domain("total_enroll_by_stype_strat", "strat", "total", "enroll", "stype")
by_domain("total_enroll_by_awards_strat", "strat", "total", "enroll", "awards")
by_domain("total_enroll_apistu_by_awards_strat", "strat", "total", c("enroll", "api.stu"), "awards")
by_domain("total_enroll_by_stype_clus1", "clus1", "total", "enroll", "stype")
by_domain("total_hichol_by_race_nh", "nh", "total", "HI_CHOL", "race")
by_domain("total_hichol_by_sex_age_nh", "nh", "total", "HI_CHOL", c("RIAGENDR", "agecat"))
by_domain("total_income_Q", "Q", "total", "income")
by_domain("total_income_by_profile_Q", "Q", "total", "income", "profile")
by_domain("total_income_by_profile_Qc", "Qc", "total", "income", "profile")
by_domain("total_credit_by_educ_Qc", "Qc", "total", "credit", "educ")

by_domain("mean_several_strat", "strat", "mean", c("api00", "api99", "enroll", "meals"))
by_domain("mean_several_clus1", "clus1", "mean", c("api00", "api99", "enroll", "meals"))
by_domain("mean_several_Qc", "Qc", "mean", c("has_id_card", "owns_pit", "rare", "obst_1"))
by_domain("mean_api_by_awards_strat", "strat", "mean", c("api00", "api99"), "awards")
by_domain("mean_api_by_stype_schwide_clus1", "clus1", "mean", "api00", c("stype", "sch.wide"))
by_domain("mean_api_enroll_by_stype_clus1", "clus1", "mean", c("api00", "enroll"), "stype")
by_domain("mean_hichol_by_race_nh", "nh", "mean", "HI_CHOL", "race")
by_domain("mean_hichol_by_sex_age_nh", "nh", "mean", "HI_CHOL", c("RIAGENDR", "agecat"))
by_domain("mean_income_by_profile_Q", "Q", "mean", "income", "profile")
by_domain("mean_income_by_profile_Qc", "Qc", "mean", "income", "profile")
by_domain("mean_income_by_region_Qc", "Qc", "mean", "income", "region")
by_domain("mean_income_by_profile_educ_Qc", "Qc", "mean", "income", c("profile", "educ"))
by_domain("mean_obst_by_profile_Qc", "Qc", "mean", c("obst_1", "obst_2", "obst_3"), "profile")
case("mean_income_credit_listwise_Qc", "Qc", "svymean(~income + credit, Qc, na.rm = TRUE)",
     "several variables at once: R drops a row that lacks any of them (listwise), from all")

by_domain("ratio_apistu_enroll_by_awards_strat", "strat", "ratio", "api.stu", "awards", "enroll")
by_domain("ratio_apistu_enroll_by_stype_clus1", "clus1", "ratio", "api.stu", "stype", "enroll")
by_domain("ratio_api00_api99_clus1", "clus1", "ratio", "api00", NULL, "api99")
by_domain("ratio_obst_by_profile_Q", "Q", "ratio", "obst_2", "profile", "obst_1")
by_domain("ratio_obst_by_profile_Qc", "Qc", "ratio", "obst_2", "profile", "obst_1")
by_domain("ratio_income_credit_Q", "Q", "ratio", "income", NULL, "credit", "both have missing values")
by_domain("ratio_income_credit_by_profile_Qc", "Qc", "ratio", "income", "profile", "credit",
          "both have missing values")
by_domain("ratio_hichol_sex_by_race_nh", "nh", "ratio", "HI_CHOL", "race", "RIAGENDR",
          "RIAGENDR (1, 2) is used as a number; the ratio has no meaning of its own")
value <- case("ratio_four_clus1", "clus1",
              "svyratio(~api.stu + meals, ~enroll + api99, clus1, covmat = TRUE)",
              "two numerators over two denominators, full vcov in the order of `label`")
second <- cbind(linearised("ratio", c("api.stu", "meals"), "clus1", x = "enroll")$z,
                linearised("ratio", c("api.stu", "meals"), "clus1", x = "api99")$z)
stopifnot(near(vcov(value), plain_vcov(residual(second, "clus1"), "clus1")))

# counts: totals of ones and of factor levels
count_case <- function(id, on, r, columns, note = "") {
  value <- case(id, on, r, note, more = list(df = degf(get(on))))
  frame <- model.frame(get(on))
  z <- do.call(cbind, lapply(columns, function(v) outer(as.character(frame[[v]]), levels(factor(frame[[v]])), "==") + 0))
  v <- plain_vcov(z * weights(get(on), "sampling"), on)
  scale <- max(sqrt(diag(v)))
  stopifnot(max(abs(vcov(value) - v)) <= 1e-9 * scale^2)
}
count_case("count_awards_schwide_strat", "strat", "svytotal(~awards + sch.wide, strat)", c("awards", "sch.wide"))
count_case("count_stype_clus1", "clus1", "svytotal(~stype, clus1)", "stype")
count_case("count_race_nh", "nh", "svytotal(~factor(race), nh)", "race")
count_case("count_educ_Q", "Q", "svytotal(~educ, Q)", "educ")
count_case("count_educ_profile_Qc", "Qc", "svytotal(~educ + profile, Qc)", c("educ", "profile"))
quota854$one <- 1
nhanes$one <- 1
design("Q1", "quota854",
       "svydesign(id = ~1, strata = ~interaction(region, profile), weights = ~w0, fpc = ~Nh, data = quota854)",
       strata = c("region", "profile"), pop = "Nh", note = "column one is 1 in every row.")
design("Qc1", "quota854", "svydesign(id = ~site, strata = ~region, weights = ~w0, nest = TRUE, data = quota854)",
       strata = "region", psu = "site", note = "column one is 1 in every row.")
design("nh1", "nhanes",
       "svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)",
       strata = "SDMVSTRA", psu = "SDMVPSU", note = "column one is 1 in every row.")
by_domain("count_ones_by_educ_Q", "Q1", "total", "one", "educ")
by_domain("count_ones_by_profile_educ_Qc", "Qc1", "total", "one", c("profile", "educ"))
by_domain("count_ones_by_race_nh", "nh1", "total", "one", "race")

# ------------------------------------------------------------------------------------------ 2. deff

deff_case <- function(id, on, r, note) {
  value <- eval(parse(text = r), globalenv())
  d <- if (inherits(value, "svyby")) as.data.frame(value)[grep("^DEff", names(value))] # deff() fails on 'replace'
       else if (is.matrix(attr(value, "deff"))) diag(attr(value, "deff")) else deff(value)
  case(id, on, r, note, more = list(deff = unname(unlist(d))))
}
whole <- "deff = TRUE: over simple random sampling without replacement, S2/n (1 - n/sum w)"
repl <- "deff = 'replace': over simple random sampling with replacement, S2/n"
s2 <- "S2 is the weighted sum of squares about the weighted mean, over sum w, times n/(n - 1)"
for (d in c("strat", "clus1")) {
  deff_case(paste0("deff_true_mean_", d), d, sprintf("svymean(~api00, %s, deff = TRUE)", d), paste0(whole, "; ", s2))
  deff_case(paste0("deff_replace_mean_", d), d, sprintf("svymean(~api00, %s, deff = 'replace')", d),
            paste0(repl, "; ", s2))
  deff_case(paste0("deff_true_total_", d), d, sprintf("svytotal(~enroll, %s, deff = TRUE)", d),
            paste0(whole, " times (sum w)^2; ", s2))
  deff_case(paste0("deff_replace_total_", d), d, sprintf("svytotal(~enroll, %s, deff = 'replace')", d),
            paste0(repl, " times (sum w)^2; ", s2))
  deff_case(paste0("deff_true_ratio_", d), d, sprintf("svyratio(~api.stu, ~enroll, %s, deff = TRUE)", d),
            paste0("deff of the total of the linearised ratio; ", whole))
}
deff_case("deff_true_mean_nh", "nh", "svymean(~HI_CHOL, nh, na.rm = TRUE, deff = TRUE)",
          paste0(whole, "; n and sum w of those who answered; ", s2))
deff_case("deff_replace_mean_nh", "nh", "svymean(~HI_CHOL, nh, na.rm = TRUE, deff = 'replace')",
          paste0(repl, "; n of those who answered; ", s2))
deff_case("deff_true_mean_by_race_nh", "nh",
          "svyby(~HI_CHOL, ~race, subset(nh, !is.na(HI_CHOL)), svymean, covmat = TRUE, deff = TRUE)",
          paste0(whole, "; n, sum w and S2 of the domain"))
for (d in c("Q", "Qc")) {
  deff_case(paste0("deff_true_mean_income_by_profile_", d), d,
            sprintf("svyby(~income, ~profile, subset(%s, !is.na(income)), svymean, covmat = TRUE, deff = TRUE)", d),
            paste0(whole, "; n, sum w and S2 of the domain"))
  deff_case(paste0("deff_replace_mean_idcard_by_profile_", d), d,
            sprintf("svyby(~has_id_card, ~profile, %s, svymean, covmat = TRUE, deff = 'replace')", d),
            paste0(repl, "; n and S2 of the domain"))
  deff_case(paste0("deff_replace_total_income_by_profile_", d), d,
            sprintf("svyby(~income, ~profile, subset(%s, !is.na(income)), svytotal, covmat = TRUE, deff = 'replace')", d),
            paste0(repl, " times (sum w)^2; n, sum w and S2 of the domain, not of the total's zeros outside it"))
}
hand <- function(y, w, n_pop = Inf) { # S2/n (1 - n/N)
  keep <- !is.na(y); y <- y[keep]; w <- w[keep]
  n <- length(y)
  sum(w * (y - weighted.mean(y, w))^2) / sum(w) * n / (n - 1) / n * (1 - n / n_pop)
}
with(apistrat, stopifnot(
  close_to(cases$deff_true_mean_strat$expected$deff, cases$deff_true_mean_strat$expected$se^2 / hand(api00, pw, sum(pw))),
  close_to(cases$deff_replace_total_strat$expected$deff,
           cases$deff_replace_total_strat$expected$se^2 / hand(enroll, pw) / sum(pw)^2)))
with(subset(quota854, profile == "C_man_miner"), stopifnot(
  close_to(cases$deff_replace_mean_idcard_by_profile_Q$expected$deff[3],
           cases$deff_replace_mean_idcard_by_profile_Q$expected$se[3]^2 / hand(has_id_card, w0))))

# ------------------------------------------------------------------------------------- 3. two stages

design("clus2", "apiclus2", "svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)",
       psu = "dnum", pop = "fpc1", unit = "snum", pop2 = "fpc2",
       note = "no weights given: R takes them from the population sizes, fpc1/n * fpc2/m.")
design("clus2w", "apiclus2", "svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = apiclus2)",
       psu = "dnum", pop = "fpc1", unit = "snum", pop2 = "fpc2")
design("clus2nofpc", "apiclus2", "svydesign(id = ~dnum + snum, weights = ~pw, data = apiclus2)", psu = "dnum",
       note = "no population sizes: the first stage only, with replacement.")
design("twost", "two_stage",
       "svydesign(id = ~psu + unit, strata = ~stratum, weights = ~w, fpc = ~n1 + n2, data = two_stage)",
       strata = "stratum", psu = "psu", pop = "n1", unit = "unit", pop2 = "n2",
       note = "synthetic data; weights unequal within a PSU; psu 109 is complete.")
cat("apiclus2: largest relative gap of R's weights and pw:", max(abs(weights(clus2) / apiclus2$pw - 1)), "\n")
for (d in c("clus2", "clus2w", "clus2nofpc")) {
  by_domain(paste0("two_stage_mean_", d), d, "mean", c("api00", "api99"))
  by_domain(paste0("two_stage_total_enroll_", d), d, "total", "enroll")
  by_domain(paste0("two_stage_mean_by_stype_", d), d, "mean", "api00", "stype")
  by_domain(paste0("two_stage_total_by_stype_", d), d, "total", "enroll", "stype")
  by_domain(paste0("two_stage_ratio_by_awards_", d), d, "ratio", "api.stu", "awards", "enroll")
}
by_domain("two_stage_mean_twost", "twost", "mean", "y")
by_domain("two_stage_total_twost", "twost", "total", c("x", "yes"))
by_domain("two_stage_ratio_twost", "twost", "ratio", "y", NULL, "x")
by_domain("two_stage_mean_by_group_twost", "twost", "mean", "y", "group")
by_domain("two_stage_mean_by_stratum_twost", "twost", "mean", "y", "stratum")
by_domain("two_stage_total_by_group_twost", "twost", "total", "x", "group")
by_domain("two_stage_ratio_by_group_twost", "twost", "ratio", "y", "group", "x")
case("two_stage_weights_clus2", "clus2", "weights_of(clus2)")

# -------------------------------------------------------------------------------------- 4. calibration
#
# What R does for the residuals, found by comparing its SEs with three formulas in plain R, all of the form
# u_i = w_i (z_i - x_i'B) with w the calibrated weight:
#   postStratify, calibrate (linear, bounded, raking): B weighted by the BASE weights;
#   rake: B NOT weighted: sweeps that take the plain mean of z out of each margin in turn, ten times, no more.
# Where R departs from the base-weighted B by more than 1e-9, the case also has se_base_residuals (and
# vcov_base_residuals): the formula with the base weights, in plain R.

BASE <- "R = w_i (z_i - x_i'B), B weighted by the base weights."
# R's variance of linearised values on a calibrated design.
r_vcov <- function(z, d) vcov(svytotal(z, get(d)))

# The ten sweeps of rake's residual, on z and the last weights: plain means out of each margin in turn.
swept <- function(z, d, margins, times = 10) {
  z <- as.matrix(z)
  frame <- model.frame(get(d))
  for (k in seq_len(times)) for (m in margins) {
    of <- as.character(frame[[m]])
    z <- z - rowsum(z, of)[of, , drop = FALSE] / as.vector(table(of)[of])
  }
  z * weights(get(d), "sampling")
}

# Estimates by domain on a calibrated design, with the full covariance. svyby(covmat = TRUE) fails there: so the
# covariance is that of the totals of the linearised values; each SE is also svytotal's, svymean's or svyratio's.
domains <- function(kind, y, design, by = NULL, x = NULL) {
  d <- design
  l <- linearised(kind, y, d, by, x)
  v <- r_vcov(l$z, d)
  frame <- model.frame(get(d))
  of <- if (is.null(by)) rep("all", nrow(frame)) else as.character(interaction(frame[by], drop = TRUE))
  again <- unlist(lapply(if (is.null(by)) "all" else names(l$est), function(level) {
    part <- subset(get(d), of == level)
    answer <- switch(kind, total = svytotal(reformulate(y), part, na.rm = TRUE),
                     mean = svymean(reformulate(y), part, na.rm = TRUE),
                     ratio = svyratio(reformulate(y), reformulate(x), part, na.rm = TRUE))
    rbind(c(coef(answer)), c(SE(answer)))
  }))
  again <- matrix(again, nrow = 2)
  se <- unname(zap(sqrt(diag(as.matrix(v))), l$est))
  stopifnot(close_to(again[1, ], l$est), close_to(zap(again[2, ], again[1, ]), se))
  out <- list(label = names(l$est), est = unname(l$est), se = se)
  if (length(l$est) > 1) out$vcov <- clean(v, se)
  structure(out, class = "expected")
}

worst <- list()
calibrated_case <- function(id, d, kind, y, by = NULL, x = NULL, note = "") {
  quoted <- function(v) if (is.null(v)) "NULL" else if (length(v) > 1)
    paste0("c(", paste0("\"", v, "\"", collapse = ", "), ")") else paste0("\"", v, "\"")
  r <- sprintf("domains(\"%s\", %s, \"%s\"%s%s)", kind, quoted(y), d, if (is.null(by)) "" else paste0(", by = ", quoted(by)),
               if (is.null(x)) "" else paste0(", x = ", quoted(x)))
  l <- linearised(kind, y, d, by, x)
  z <- l$z
  ours <- plain_vcov(residual(z, d), d)
  theirs <- as.matrix(r_vcov(z, d))
  some <- zap(sqrt(diag(ours)), l$est) > 0
  stopifnot(zap(sqrt(diag(theirs)), l$est)[!some] == 0)
  gap <- max(abs(sqrt(diag(theirs) / diag(ours)) - 1)[some])
  worst[[d]] <<- max(gap, worst[[d]])
  more <- list(df = degf(get(d)))
  if (gap <= 1e-9 && near(theirs[some, some], ours[some, some])) {
    note <- trimws(paste(note, BASE))
  } else {
    note <- trimws(paste(note, sprintf("R is not the base-weighted formula: SEs differ by up to %.2g (relative).", gap)))
    more$se_base_residuals <- sqrt(diag(ours))
    if (length(more$se_base_residuals) > 1) more$vcov_base_residuals <- clean(ours)
    if (grepl("trimWeights", designs[[d]]$code)) # no residuals at all
      more$se_fixed_weights <- sqrt(diag(plain_vcov(z * weights(get(d), "sampling"), d)))
    extra <- designs[[d]]$extra_by
    if (!is.null(extra)) more$se_trimmed_base_residuals <- sqrt(diag(plain_vcov(residual(z, d, extra()), d)))
  }
  case(id, d, r, note, more = more)
}

HOW <- "domains() is in r_more_cases.R: the estimates and the covariance of their linearised values, as R gives it."

# Population totals: made up for quota854 and nhanes; of the Californian schools for api (data(api): apipop).
cells <- expand.grid(age_grp = c("18-29", "30-44", "45+"), profile = c("A_woman_miner", "B_woman_service", "C_man_miner"))
cells <- data.frame(profile = cells$profile, age_grp = cells$age_grp,
                    Freq = c(2300, 2700, 900, 1200, 1300, 720, 5000, 5200, 2104))
to_profile <- data.frame(profile = c("A_woman_miner", "B_woman_service", "C_man_miner"), Freq = c(5900, 3220, 12304))
to_age <- data.frame(age_grp = c("18-29", "30-44", "45+"), Freq = c(8500, 9200, 3724))
to_region <- data.frame(region = paste0("R", 1:9), Freq = c(6180, 4635, 3090, 2575, 1854, 1236, 824, 618, 412))
to_educ <- data.frame(educ = c("higher", "none", "primary", "secondary"), Freq = c(1400, 8600, 6900, 4524))
to_schools <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
to_awards <- data.frame(awards = c("No", "Yes"), Freq = c(2027, 4167))
to_stype <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
school_cells <- data.frame(sch.wide = c("No", "Yes", "No", "Yes"), comp.imp = c("No", "No", "Yes", "Yes"),
                           Freq = c(995, 717, 77, 4405))
api_totals <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
api_totals4 <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, sch.wideYes = 5122, awardsYes = 4167, api99 = 3914069)
api_only <- c(`(Intercept)` = 6194, api99 = 3914069)
quota_totals <- c(`(Intercept)` = 21424, profileB_woman_service = 3220, profileC_man_miner = 12304, `age_grp30-44` = 9200,
                  `age_grp45+` = 3724, obst_1 = 13200)
nh_cells <- data.frame(RIAGENDR = rep(1:2, each = 4), race = rep(1:4, 2),
                       Freq = c(2.1e7, 9.5e7, 1.5e7, 0.8e7, 2.0e7, 9.9e7, 1.8e7, 0.9e7))
tight <- "maxit = 500, epsilon = 1e-12"
post <- function(name, base, cells, table_name, by) {
  design(name, designs[[base]]$data, sprintf("postStratify(%s, ~%s, %s)", base, paste(by, collapse = " + "), table_name),
         base = base, given = list(cells = cells), X = reformulate(paste(by, collapse = " * ")))
}
raked <- function(name, base, tables, names_of_tables, ...) {
  by <- vapply(tables, function(t) names(t)[1], "")
  design(name, designs[[base]]$data,
         sprintf("rake(%s, list(%s), list(%s), control = list(maxit = 500, epsilon = 1e-12))", base,
                 paste0("~", by, collapse = ", "), paste(names_of_tables, collapse = ", ")),
         base = base, given = list(margins = tables), X = reformulate(by), margins = by, ...)
}
calibrated <- function(name, base, formula, totals, totals_name, how) {
  design(name, designs[[base]]$data,
         sprintf("calibrate(%s, %s, %s%s, %s)", base, deparse(formula), totals_name, how, tight),
         base = base, given = list(totals = as.list(totals)), X = formula)
}
trimmed <- function(name, base, how)
  design(name, designs[[base]]$data, sprintf("trimWeights(%s, %s)", base, how), base = base, X = designs[[base]]$X,
         margins = designs[[base]]$margins)

post("strat_ps", "strat", school_cells, "school_cells", c("sch.wide", "comp.imp"))
post("clus1_ps", "clus1", to_stype, "to_stype", "stype")
post("Q_ps", "Q", cells, "cells", c("profile", "age_grp"))
post("Qc_ps", "Qc", cells, "cells", c("profile", "age_grp"))
post("nh_ps", "nh", nh_cells, "nh_cells", c("RIAGENDR", "race"))
designs$nh_ps$X <- ~ factor(RIAGENDR) * factor(race)

raked("strat_rk", "strat", list(to_schools, to_awards), c("to_schools", "to_awards"))
raked("clus1_rk", "clus1", list(to_schools, to_stype), c("to_schools", "to_stype"))
raked("Q_rk", "Q", list(to_profile, to_age), c("to_profile", "to_age"))
raked("Qc_rk", "Qc", list(to_profile, to_age), c("to_profile", "to_age"))
raked("Q_rk4", "Q", list(to_region, to_profile, to_age, to_educ), c("to_region", "to_profile", "to_age", "to_educ"))
raked("Qc_rk4", "Qc", list(to_region, to_profile, to_age, to_educ), c("to_region", "to_profile", "to_age", "to_educ"))

raking_totals <- c(`(Intercept)` = 21424, profileB_woman_service = 3220, profileC_man_miner = 12304,
                   `age_grp30-44` = 9200, `age_grp45+` = 3724)
calibrated("strat_lin", "strat", ~stype + api99, api_totals, "api_totals", "")
calibrated("strat_lin4", "strat", ~stype + sch.wide + awards + api99, api_totals4, "api_totals4", "")
calibrated("strat_lin4_b", "strat", ~stype + sch.wide + awards + api99, api_totals4, "api_totals4",
           ", calfun = \"linear\", bounds = c(0.8, 1.2)")
calibrated("strat_exp4", "strat", ~stype + sch.wide + awards + api99, api_totals4, "api_totals4",
           ", calfun = \"raking\"")
calibrated("strat_exp", "strat", ~stype + api99, api_totals, "api_totals", ", calfun = \"raking\"")
calibrated("clus1_lin", "clus1", ~stype + api99, api_totals, "api_totals", "")
calibrated("clus1_lin_b", "clus1", ~stype + api99, api_totals, "api_totals", ", calfun = \"linear\", bounds = c(0.6, 1.8)")
calibrated("clus1_api_b", "clus1", ~api99, api_only, "api_only", ", calfun = \"linear\", bounds = c(0.7, 1.3)")
calibrated("clus1_exp", "clus1", ~stype + api99, api_totals, "api_totals", ", calfun = \"raking\"")
calibrated("Q_lin", "Q", ~profile + age_grp + obst_1, quota_totals, "quota_totals", "")
calibrated("Q_lin_b", "Q", ~profile + age_grp + obst_1, quota_totals, "quota_totals",
           ", calfun = \"linear\", bounds = c(0.9, 1.2)")
calibrated("Qc_lin", "Qc", ~profile + age_grp + obst_1, quota_totals, "quota_totals", "")
calibrated("Qc_lin_b", "Qc", ~profile + age_grp + obst_1, quota_totals, "quota_totals",
           ", calfun = \"linear\", bounds = c(0.9, 1.2)")
calibrated("Q_exp", "Q", ~profile + age_grp, raking_totals, "raking_totals", ", calfun = \"raking\"")
calibrated("Qc_exp", "Qc", ~profile + age_grp, raking_totals, "raking_totals", ", calfun = \"raking\"")
trimmed("Q_trim", "Q", "lower = 10, upper = 34")
trimmed("Q_trim_strict", "Q", "lower = 10, upper = 34, strict = TRUE")
trimmed("Q_ps_trim", "Q_ps", "lower = 10, upper = 36")
trimmed("Q_ps_trim_strict", "Q_ps", "lower = 10, upper = 36, strict = TRUE")
trimmed("Qc_rk_trim", "Qc_rk", "lower = 10, upper = 36")
trimmed("Qc_rk_trim_strict", "Qc_rk", "lower = 10, upper = 36, strict = TRUE")
trimmed("Q_rk4_trim_strict", "Q_rk4", "lower = 7, upper = 40, strict = TRUE")
trimmed("clus1_rk_trim", "clus1_rk", "lower = 31, upper = 40")
trimmed("clus1_rk_trim_strict", "clus1_rk", "lower = 31, upper = 40, strict = TRUE")
raked("Qc_rk_trim_rk", "Qc_rk_trim_strict", list(to_profile, to_age), c("to_profile", "to_age"),
      extra_by = function() weights(Qc_rk_trim_strict, "sampling"))
raked("Q_rk4_trim_rk", "Q_rk4_trim_strict", list(to_region, to_profile, to_age, to_educ),
      c("to_region", "to_profile", "to_age", "to_educ"), extra_by = function() weights(Q_rk4_trim_strict, "sampling"))

# What R does on these, in plain R: it keeps each calibration's residual with the weights of that calibration (v),
# u = v (I - P) (w z / v), one after another. P is base-weighted for postStratify, ten plain sweeps for rake.
one_step <- function(u, d, raking = TRUE) {
  v <- weights(get(d), "sampling")
  if (raking) swept(u / v, d, designs[[d]]$margins) else residual(u / v, d)
}
z <- linearised("mean", "income", "Q_ps_trim", "educ")$z
stopifnot(near(r_vcov(z, "Q_ps_trim"), plain_vcov(one_step(z * weights(Q_ps_trim), "Q_ps", FALSE), "Q")))
z <- linearised("mean", "income", "Qc_rk_trim", "educ")$z
stopifnot(near(r_vcov(z, "Qc_rk_trim"), plain_vcov(one_step(z * weights(Qc_rk_trim), "Qc_rk"), "Qc")))
z <- linearised("mean", "income", "Qc_rk_trim_rk", "educ")$z
first <- one_step(z * weights(Qc_rk_trim_rk), "Qc_rk")
stopifnot(near(r_vcov(z, "Qc_rk_trim_rk"), plain_vcov(one_step(first, "Qc_rk_trim_rk"), "Qc")))

# What R does for rake: exactly ten plain sweeps.
for (d in c("strat_rk", "Q_rk", "Qc_rk", "Q_rk4", "Qc_rk4")) {
  z <- if (d == "strat_rk") linearised("mean", "api00", d, "comp.imp")$z else linearised("mean", "income", d, "obst_1")$z
  stopifnot(near(r_vcov(z, d), plain_vcov(swept(z, d, designs[[d]]$margins), d)))
}
# rake and calibrate(calfun = "raking") give the same weights, so the second is the first with base-weighted residuals.
stopifnot(close_to(weights(Q_rk), weights(Q_exp), 1e-9), close_to(weights(Qc_rk), weights(Qc_exp), 1e-9))

about <- function(d) {
  code <- designs[[d]]$code
  if (grepl("trimWeights.*rake", code) && grepl("rake.*trimWeights", code))
    paste("R takes the residuals of both rakings, one after the other: v (I - P)(w z / v) with v the weights of each, P ten",
          "plain sweeps over the margins. se_base_residuals: B weighted by w0; se_trimmed_base_residuals: B weighted by",
          "the trimmed weights; se_fixed_weights: no residuals.")
  else if (grepl("trimWeights.*rake|rake.*trimWeights", code))
    paste("R: v (I - P)(w z / v), w the trimmed and v the raked weights, P ten plain (unweighted) sweeps over the margins.",
          "se_fixed_weights: w z, no residuals.")
  else if (grepl("postStratify.*trimWeights", code))
    paste("R: v (I - P)(w z / v), w the trimmed and v the post-stratified weights, P base-weighted.",
          "se_fixed_weights: w z, no residuals.")
  else if (grepl("rake\\(", code))
    "R's rake: w (I - P) z, P ten plain (unweighted) sweeps over the margins, not the base-weighted regression."
  else ""
}

for (d in names(designs)) if (!is.null(designs[[d]]$base)) {
  case(paste0("weights_", d), d, sprintf("weights_of(%s)", d), if (grepl("trim[_a-z]*$", d) && !grepl("_rk$", d)) paste(
    "the excess is shared EQUALLY (not in proportion) by the weights that were within the bounds; once (so a bound can",
    "be passed again), or, strict, again and again: weights put at a bound in one round share in the next"))
  note <- trimws(paste(HOW, about(d)))
  go <- function(id, ...) calibrated_case(paste0(id, "_", d), d, ..., note = note)
  trim <- grepl("trim", d)
  switch(designs[[d]]$data,
    quota854 = {
      go("cal_mean_idcard_by_profile", "mean", "has_id_card", "profile")
      go("cal_mean_income_by_educ", "mean", "income", "educ")
      go("cal_total_income", "total", "income")
      if (!trim) go("cal_ratio_obst_by_profile", "ratio", "obst_2", "profile", "obst_1")
      if (!trim) go("cal_total_credit_by_profile", "total", "credit", "profile")
    },
    nhanes = {
      go("cal_total_hichol_by_race", "total", "HI_CHOL", "race")
      go("cal_mean_hichol_by_agecat", "mean", "HI_CHOL", "agecat")
      go("cal_mean_hichol", "mean", "HI_CHOL")
    },
    {
      go("cal_total_enroll", "total", "enroll")
      go("cal_mean_api00_by_stype", "mean", "api00", "stype")
      if (!trim) go("cal_ratio_apistu_enroll_by_comp", "ratio", "api.stu", "comp.imp", "enroll")
      if (!trim) go("cal_mean_several", "mean", c("api00", "api99", "meals"))
    })
}
cat("largest relative gap of R's SE and the base-weighted formula:\n")
print(signif(unlist(worst), 3))

# ---------------------------------------------------------------------------------------- 5. replicates

# `given`: one row a PSU with its factor in each replicate, the scale and the rscales: variance = scale times the sum
# of rscales (theta_r - centre)^2, centre the mean of the replicates (R's default, mse = FALSE) or the full estimate.
replicated <- function(name, base, how, note = "", factors = TRUE) {
  code <- sprintf("as.svrepdesign(%s, %s)", base, how)
  rep <- eval(parse(text = code), globalenv())
  s <- designs[[base]]
  frame <- get(base)$variables
  given <- list(scale = rep$scale, rscales = rep$rscales)
  if (factors) {
    f <- as.matrix(weights(rep, "replication"))
    psu <- interaction(frame[c(s$strata, s$psu)], drop = TRUE)
    first <- which(!duplicated(psu))
    first <- first[do.call(order, unname(frame[first, c(s$strata, s$psu), drop = FALSE]))]
    stopifnot(close_to(f, f[first, ][match(psu, psu[first]), ]))
    given$factors <- lapply(first, function(i)
      c(lapply(frame[i, c(s$strata, s$psu), drop = FALSE], function(v) if (is.factor(v)) as.character(v) else v),
        list(factors = unname(f[i, ]))))
  }
  design(name, s$data, code, note = trimws(paste(
    s$note, "variance about the mean of the replicates (mse = FALSE); se_mse is about the full estimate.", note)))
  designs[[name]]$code <<- sprintf("%s; %s <- %s", s$code, name, code)
  designs[[name]]$replicates <<- given
  assign(paste0(name, "_mse"), eval(parse(text = sub("\\)$", ", mse = TRUE)", code)), globalenv()), globalenv())
}

rep_case <- function(id, d, r, keep_factors = FALSE) {
  mse <- eval(parse(text = gsub(paste0("\\b", d, "\\b"), paste0(d, "_mse"), r)), globalenv())
  given <- designs[[d]]$replicates
  if (!keep_factors) given$factors <- NULL
  value <- eval(parse(text = r), globalenv())
  case(id, d, r, more = list(se_mse = unname(sqrt(diag(as.matrix(vcov(mse))))), df = degf(get(d))), given = given)
}

design("clus1nf", "apiclus1", "svydesign(id = ~dnum, weights = ~pw, data = apiclus1)", psu = "dnum")
design("nh2", "nhanes", paste("svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE,",
                              "data = subset(nhanes, !(SDMVSTRA == 86 & SDMVPSU == 3)))"),
       strata = "SDMVSTRA", psu = "SDMVPSU", note = "the third PSU of stratum 86 is left out of the data: two PSUs in each stratum.")
design("panel_d", "panel", "svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = panel)",
       strata = "stratum", psu = "psu", note = "synthetic data: the same PSUs in two waves, stacked.")

replicated("clus1_jk", "clus1nf", "type = \"JK1\"")
replicated("nh_jk", "nh", "type = \"JKn\"", "rscales: (n_h - 1)/n_h, one a replicate (one PSU left out, in the order of the data).")
replicated("Qc_jk", "Qc", "type = \"JKn\"")
replicated("strat_jk", "strat", "type = \"JKn\"", "with fpc: in the rscales, (n_h - 1)/n_h (1 - n_h/N_h).", factors = FALSE)
replicated("nh2_brr", "nh2", "type = \"BRR\"")
replicated("nh2_fay", "nh2", "type = \"Fay\", fay.rho = 0.3")
replicated("panel_brr", "panel_d", "type = \"BRR\"")
replicated("panel_fay", "panel_d", "type = \"Fay\", fay.rho = 0.3")

rep_case("rep_jk1_mean_clus1", "clus1_jk", "svymean(~api00 + api99 + enroll, clus1_jk)", TRUE)
rep_case("rep_jk1_total_clus1", "clus1_jk", "svytotal(~enroll, clus1_jk)")
rep_case("rep_jk1_ratio_clus1", "clus1_jk", "svyratio(~api.stu, ~enroll, clus1_jk)")
rep_case("rep_jk1_mean_by_stype_clus1", "clus1_jk", "svyby(~api00, ~stype, clus1_jk, svymean, covmat = TRUE)")
rep_case("rep_jkn_mean_by_awards_strat", "strat_jk", "svyby(~api00, ~awards, strat_jk, svymean, covmat = TRUE)")
rep_case("rep_jkn_total_strat", "strat_jk", "svytotal(~enroll, strat_jk)")
for (d in c("nh_jk", "nh2_brr", "nh2_fay")) {
  rep_case(paste0("rep_mean_", d), d, sprintf("svymean(~HI_CHOL, %s, na.rm = TRUE)", d), TRUE)
  rep_case(paste0("rep_total_", d), d, sprintf("svytotal(~HI_CHOL, %s, na.rm = TRUE)", d))
  rep_case(paste0("rep_mean_by_race_", d), d, sprintf("svyby(~HI_CHOL, ~race, subset(%s, !is.na(HI_CHOL)), svymean, covmat = TRUE)", d))
  rep_case(paste0("rep_ratio_", d), d, sprintf("svyratio(~HI_CHOL, ~RIAGENDR, subset(%s, !is.na(HI_CHOL)))", d))
}
rep_case("rep_jkn_mean_idcard_by_profile_Qc", "Qc_jk", "svyby(~has_id_card, ~profile, Qc_jk, svymean, covmat = TRUE)", TRUE)
rep_case("rep_jkn_mean_income_by_profile_Qc", "Qc_jk", "svyby(~income, ~profile, subset(Qc_jk, !is.na(income)), svymean, covmat = TRUE)")
rep_case("rep_jkn_ratio_obst_Qc", "Qc_jk", "svyratio(~obst_2, ~obst_1, Qc_jk)")
rep_case("rep_jkn_total_income_Qc", "Qc_jk", "svytotal(~income, Qc_jk, na.rm = TRUE)")
for (d in c("panel_brr", "panel_fay")) {
  rep_case(paste0("rep_mean_by_wave_", d), d, sprintf("svyby(~y, ~wave, subset(%s, !is.na(y)), svymean, covmat = TRUE)", d), TRUE)
  rep_case(paste0("rep_change_", d), d,
           sprintf("svycontrast(svyby(~yes, ~wave, %s, svymean, covmat = TRUE), list(change = c(-1, 1)))", d))
  rep_case(paste0("rep_ratio_", d), d, sprintf("svyratio(~yes, ~y, subset(%s, !is.na(y)))", d))
  rep_case(paste0("rep_total_", d), d, sprintf("svytotal(~yes, %s)", d))
}
# second way: from the factors alone
by_hand <- function(d, base, statistic) {
  g <- designs[[d]]$replicates
  s <- designs[[base]]
  frame <- get(base)$variables
  key <- function(x) paste(unlist(lapply(c(s$strata, s$psu), function(v) as.character(x[[v]]))), collapse = "/")
  keys <- do.call(paste, c(lapply(c(s$strata, s$psu), function(v) as.character(frame[[v]])), sep = "/"))
  f <- do.call(rbind, lapply(g$factors, `[[`, "factors"))[match(keys, vapply(g$factors, key, "")), ]
  t <- apply(f, 2, function(k) statistic(frame, k * weights(get(base), "sampling")))
  sqrt(g$scale * sum(g$rscales * (t - mean(t))^2))
}
mean_of <- function(v) function(frame, w) weighted.mean(frame[[v]], w, na.rm = TRUE)
for (d in c("nh_jk", "nh2_brr", "nh2_fay"))
  stopifnot(close_to(by_hand(d, sub("_.*", "", d), mean_of("HI_CHOL")), cases[[paste0("rep_mean_", d)]]$expected$se))
stopifnot(close_to(by_hand("clus1_jk", "clus1nf", mean_of("api00")), cases$rep_jk1_mean_clus1$expected$se[1]))
for (d in c("panel_brr", "panel_fay"))
  stopifnot(close_to(by_hand(d, "panel_d", function(f, w) sum(f$yes * w)), cases[[paste0("rep_total_", d)]]$expected$se))

# does the order of the rows matter?
brr_of <- function(rows) {
  d <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = rows)
  d <- as.svrepdesign(d, type = "BRR")
  c(SE(svymean(~HI_CHOL, d, na.rm = TRUE)), SE(svytotal(~HI_CHOL, d, na.rm = TRUE)))
}
rows <- subset(nhanes, !(SDMVSTRA == 86 & SDMVPSU == 3))
set.seed(1, "Mersenne-Twister", "Inversion", "Rejection")
orders <- rbind(given = brr_of(rows), shuffled = brr_of(rows[sample(nrow(rows)), ]), sorted = brr_of(rows[order(rows$SDMVSTRA, rows$SDMVPSU), ]))
cat("BRR, SE of a mean and a total, three orders of the rows:\n"); print(orders, digits = 12)

set.seed(20240613, "Mersenne-Twister", "Inversion", "Rejection")
boot <- as.svrepdesign(Qc, type = "subbootstrap", replicates = 200)
f <- as.matrix(weights(boot, "replication"))
n_h <- ave(as.integer(factor(quota854$site)), quota854$region, FUN = function(s) length(unique(s)))
first <- !duplicated(quota854$site)
sums <- apply(f[first, ], 2, function(k) tapply(k, as.character(quota854$region[first]), sum))
lattice <- f * (n_h - 1) / n_h
stopifnot(close_to(lattice + 1, round(lattice) + 1), close_to(sums, rep(tapply(n_h[first], as.character(quota854$region[first]), `[`, 1), 200)))
design("Qc_boot", "quota854", "boot", note = "R's Rao-Wu bootstrap is random: only its properties.")
designs$Qc_boot$code <- paste0(designs$Qc$code, "; Qc_boot <- as.svrepdesign(Qc, type = \"subbootstrap\", replicates = 200)")
boot_properties <- structure(list(replicates = ncol(f), scale = boot$scale, rscales = unique(boot$rscales),
                                  smallest_factor = min(f), n_h = sort(unique(n_h)), sum_of_factors_is_n_h = TRUE,
                                  factor_times_n_less_1_over_n_is_whole = TRUE, df = degf(boot)), class = "expected")
case("rep_subbootstrap_Qc", "Qc_boot", "boot_properties",
     paste("n_h - 1 PSUs drawn with replacement in each stratum: factor = n_h/(n_h - 1) times the count, so a whole number",
           "times n_h/(n_h - 1); factors of the PSUs of a stratum sum to n_h in every replicate; no fpc"))

# ---------------------------------------------------------------------------------------- 6. quantiles

deciles <- "c(.1, .2, .3, .4, .5, .6, .7, .8, .9)"
quantile_case <- function(id, on, y, inside = on, p = deciles, note = NULL) {
  part <- eval(parse(text = inside), globalenv())
  value <- case(id, on, sprintf("svyquantile(~%s, %s, quantiles = %s, ci = TRUE)", y, inside, p), note,
                more = list(df = degf(part), n = nrow(part)))
  x <- part$variables[[y]]
  w <- weights(part, "sampling")
  by_value <- tapply(w, x, sum) # second way: the first value whose cumulated weight reaches p
  values <- as.numeric(names(by_value))
  cumulated <- cumsum(by_value) / sum(by_value)
  at <- function(q) vapply(q, function(one) values[which(cumulated >= one - 1e-12)[1]], 0)
  e <- cases[[id]]$expected
  limits <- vapply(seq_along(e$p), function(i) {
    below <- svymean(as.numeric(x <= e$est[i]), part)
    coef(below) + c(-1, 1) * qt(.975, degf(part)) * as.vector(SE(below))
  }, c(0, 0))
  stopifnot(close_to(at(e$p), e$est))
  ours <- apply(limits, 1, function(l) ifelse(l < 0 | l > 1, NaN, at(pmin(pmax(l, 0), 1))))
  ours <- matrix(ours, ncol = 2)
  fell <- limits[1, ] >= 0 & limits[1, ] < cumulated[1] # R's slip: below the first step it gives the SECOND value
  same <- function(x, y) all(is.nan(x) == is.nan(y)) && close_to(x[!is.nan(x)], y[!is.nan(y)])
  stopifnot(same(ours[!fell, 1], e$lo[!fell]), same(ours[, 2], e$hi), all(e$lo[fell] == sort(x)[2]))
  if (any(fell)) {
    cases[[id]]$expected$lo_rule <<- ours[, 1]
    cases[[id]]$note <<- paste0(cases[[id]]$note, "; lo_rule: the lower limits by that rule: where the limit's share is ",
                                "below the first step, R gives the second value")
  }
  if (any(is.nan(ours)))
    cases[[id]]$note <<- paste0(cases[[id]]$note, "; a limit whose share is under 0 or over 1 is missing (null)")
}
profiles <- c(A = "A_woman_miner", B = "B_woman_service", C = "C_man_miner")
woodruff <- paste("rule 'math': the first value whose cumulated share of weight reaches p; interval: est of the share at the",
                  "quantile +- t se, both limits through the same rule; se = (hi - lo)/(2 t)")
quota854$income5 <- round(quota854$income / 5000) * 5000
for (d in c("Q", "Qc")) {
  code <- designs[[d]]$code
  design(paste0(d, "5"), "quota854", sub("^Qc? <- ", "", code), strata = designs[[d]]$strata, psu = designs[[d]]$psu,
         pop = designs[[d]]$pop, note = "income5: income rounded to 5000 (R's round, halves to even; no halves occur).")
  designs[[paste0(d, "5")]]$code <- paste0(d, "5 <- ", sub("^Qc? <- ", "", code))
}
stopifnot(all(abs((quota854$income / 5000) %% 1 - 0.5) > 1e-9, na.rm = TRUE))
for (d in c("Q", "Qc")) {
  quantile_case(paste0("quantile_income_", d), d, "income", sprintf("subset(%s, !is.na(income))", d), note = woodruff)
  for (p in names(profiles)) {
    quantile_case(paste0("quantile_income_", p, "_", d), d, "income",
                  sprintf("subset(%s, !is.na(income) & profile == \"%s\")", d, profiles[[p]]), note = woodruff)
    quantile_case(paste0("quantile_ties_", p, "_", d), paste0(d, "5"), "income5",
                  sprintf("subset(%s5, !is.na(income5) & profile == \"%s\")", d, profiles[[p]]),
                  note = paste0("many ties; ", woodruff))
  }
}
quantile_case("quantile_boundary_R1_A_Q", "Q", "income",
              "subset(Q, !is.na(income) & region == \"R1\" & profile == \"A_woman_miner\")",
              note = paste0("equal weights: a quantile may fall exactly on a step; ", woodruff))
quantile_case("quantile_api00_E_strat", "strat", "api00", "subset(strat, stype == \"E\")", "c(.055, .105, .255, .505, .755, .905, .955)",
              paste0("100 equal weights of 44.2099990844727: exactly on a step (p = .9) R's answer would hang on rounding, so p is off the steps; ", woodruff))
quantile_case("quantile_api00_awards_strat", "strat", "api00", "subset(strat, awards == \"Yes\")", "c(.05, .1, .25, .5, .75, .9, .95)", woodruff)
quantile_case("quantile_enroll_clus1", "clus1", "enroll", p = deciles, note = woodruff)
quantile_case("quantile_meals_E_clus1", "clus1", "meals", "subset(clus1, stype == \"E\")", "c(.1, .2, .3, .4, .6, .7, .8, .9)", woodruff)
quantile_case("quantile_y_twost", "twost", "y", "subset(twost, !is.na(y))", deciles, woodruff)

# ------------------------------------------------------------- 7. t tests, contrasts, waves

ttest_case <- function(id, on, r, y, group, inside = on, note = NULL) {
  value <- case(id, on, r, note)
  b <- svyby(reformulate(y), reformulate(group), eval(parse(text = inside), globalenv()), svymean, covmat = TRUE)
  gap <- svycontrast(b, c(-1, 1))
  stopifnot(close_to(coef(gap), cases[[id]]$expected$est), close_to(SE(gap), cases[[id]]$expected$se))
}
one_less <- "the difference is second level minus first; df = degf - 1"
ttest_case("ttest_api00_awards_strat", "strat", "svyttest(api00 ~ awards, strat)", "api00", "awards", note = one_less)
ttest_case("ttest_enroll_schwide_clus1", "clus1", "svyttest(enroll ~ sch.wide, clus1)", "enroll", "sch.wide", note = one_less)
ttest_case("ttest_income_credit_Q", "Q", "svyttest(income ~ credit, Q)", "income", "credit",
           "subset(Q, !is.na(income) & !is.na(credit))", paste0(one_less, "; both have missing values; degf of the whole design"))
ttest_case("ttest_income_credit_Qc", "Qc", "svyttest(income ~ credit, Qc)", "income", "credit",
           "subset(Qc, !is.na(income) & !is.na(credit))", paste0(one_less, "; both have missing values"))
ttest_case("ttest_income_B_A_Qc", "Qc", "svyttest(income ~ profile, subset(Qc, profile != \"C_man_miner\"))", "income", "profile",
           "subset(Qc, profile != \"C_man_miner\" & !is.na(income))", paste0(one_less, " of the subset"))
ttest_case("ttest_y_wave_panel", "panel_d", "svyttest(y ~ wave, panel_d)", "y", "wave", "subset(panel_d, !is.na(y))", one_less)
ttest_case("ttest_y_group_clus2", "clus2", "svyttest(api00 ~ awards, clus2)", "api00", "awards", note = one_less)
case("ttest_one_sample_strat", "strat", "svyttest(I(api00 - api99) ~ 0, strat)", "one sample: mean change against 0; df = degf - 1")

profile_gaps <- paste("list(BvsA = c(-1, 1, 0), CvsA = c(-1, 0, 1), CvsB = c(0, -1, 1),",
                      "mean = c(1/3, 1/3, 1/3), women_vs_men = c(1/2, 1/2, -1))")
profile_ratios <- "list(BoverA = quote(B_woman_service / A_woman_miner), CoverA = quote(C_man_miner / A_woman_miner))"
profile_logs <- "list(logCoverA = quote(log(C_man_miner / A_woman_miner)))"
contrast_case <- function(id, on, stat, contrasts, note = NULL) {
  value <- case(id, on, sprintf("svycontrast(%s, %s)", stat, contrasts), note, more = list(df = degf(get(on))))
  b <- eval(parse(text = stat), globalenv())
  wanted <- eval(parse(text = contrasts), globalenv())
  J <- if (is.language(wanted[[1]])) { # numerical derivative
    do.call(rbind, lapply(wanted, function(e) vapply(names(coef(b)), function(k) {
      h <- 1e-6 * abs(coef(b)[[k]])
      up <- down <- as.list(coef(b)); up[[k]] <- up[[k]] + h; down[[k]] <- down[[k]] - h
      (eval(e, up) - eval(e, down)) / (2 * h)
    }, 0)))
  } else do.call(rbind, wanted)
  stopifnot(near(J %*% vcov(b) %*% t(J), as.matrix(vcov(value)), if (is.language(wanted[[1]])) 1e-6 else 1e-9))
}
for (d in c("Q", "Qc")) {
  by <- sprintf("svyby(~income, ~profile, subset(%s, !is.na(income)), svymean, covmat = TRUE)", d)
  contrast_case(paste0("contrast_income_by_profile_", d), d, by, profile_gaps)
  contrast_case(paste0("ratio_of_means_income_by_profile_", d), d, by, profile_ratios, "delta method")
  contrast_case(paste0("log_ratio_of_means_income_", d), d, by, profile_logs, "delta method on the log")
  by <- sprintf("svyby(~has_id_card, ~profile, %s, svymean, covmat = TRUE)", d)
  contrast_case(paste0("contrast_idcard_by_profile_", d), d, by, profile_gaps)
  contrast_case(paste0("ratio_of_means_idcard_by_profile_", d), d, by, profile_ratios, "delta method")
  by <- sprintf("svyby(~obst_2, ~profile, denominator = ~obst_1, design = %s, svyratio, covmat = TRUE)", d)
  contrast_case(paste0("contrast_of_ratios_obst_", d), d, by, profile_gaps, "differences of ratios between domains")
  by <- sprintf("svyby(~income, ~profile, subset(%s, !is.na(income)), svytotal, covmat = TRUE)", d)
  contrast_case(paste0("contrast_of_totals_income_", d), d, by, profile_gaps)
}
contrast_case("contrast_api00_by_stype_clus1", "clus1", "svyby(~api00, ~stype, clus1, svymean, covmat = TRUE)",
              "list(HvsE = c(-1, 1, 0), MvsE = c(-1, 0, 1), HvsM = c(0, 1, -1))")
contrast_case("ratio_of_means_api00_by_stype_clus1", "clus1", "svyby(~api00, ~stype, clus1, svymean, covmat = TRUE)",
              "list(HoverE = quote(H / E), MoverE = quote(M / E))", "delta method")
contrast_case("contrast_hichol_by_race_nh", "nh", "svyby(~HI_CHOL, ~race, subset(nh, !is.na(HI_CHOL)), svymean, covmat = TRUE)",
              "list(r2vs1 = c(-1, 1, 0, 0), r3vs1 = c(-1, 0, 1, 0), r4vs1 = c(-1, 0, 0, 1))")
contrast_case("ratio_of_means_hichol_by_race_nh", "nh", "svyby(~HI_CHOL, ~race, subset(nh, !is.na(HI_CHOL)), svymean, covmat = TRUE)",
              "list(r2over1 = quote(`2` / `1`), r3over1 = quote(`3` / `1`))", "delta method")
contrast_case("contrast_y_by_group_twost", "twost", "svyby(~y, ~group, subset(twost, !is.na(y)), svymean, covmat = TRUE)",
              "list(bvsa = c(-1, 1, 0), cvsa = c(-1, 0, 1))")

# two waves of the same PSUs (overlapping: their covariance counts), and the same rows taken as independent samples
design("waves_apart", "panel", "svydesign(id = ~psu, strata = ~interaction(stratum, wave), weights = ~w, nest = TRUE, data = panel)",
       strata = c("stratum", "wave"), psu = "psu",
       note = "synthetic data; the waves taken as independent samples: each wave has strata of its own.")
for (d in c("panel_d", "waves_apart")) {
  tag <- if (d == "panel_d") "overlapping" else "independent"
  by_domain(paste0("wave_mean_y_", tag), d, "mean", "y", "wave")
  by_domain(paste0("wave_total_yes_", tag), d, "total", "yes", "wave")
  by_domain(paste0("wave_mean_yes_by_sex_", tag), d, "mean", "yes", c("wave", "sex"))
  contrast_case(paste0("wave_change_y_", tag), d, sprintf("svyby(~y, ~wave, subset(%s, !is.na(y)), svymean, covmat = TRUE)", d),
                "list(change = c(-1, 1))")
  contrast_case(paste0("wave_change_total_yes_", tag), d, sprintf("svyby(~yes, ~wave, %s, svytotal, covmat = TRUE)", d), "list(change = c(-1, 1))")
  contrast_case(paste0("wave_change_yes_by_sex_", tag), d, sprintf("svyby(~yes, ~wave + sex, %s, svymean, covmat = TRUE)", d),
                "list(men = c(-1, 1, 0, 0), women = c(0, 0, -1, 1), difference = c(1, -1, -1, 1))",
                "order of the domains: 1.man, 2.man, 1.woman, 2.woman")
  contrast_case(paste0("wave_ratio_y_", tag), d, sprintf("svyby(~y, ~wave, subset(%s, !is.na(y)), svymean, covmat = TRUE)", d),
                "list(growth = quote(`2` / `1`))", "delta method")
}
alone <- lapply(1:2, function(k) svymean(~y, svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = subset(panel, wave == k)), na.rm = TRUE))
stopifnot(close_to(sqrt(vcov(alone[[1]]) + vcov(alone[[2]])), cases$wave_change_y_independent$expected$se))

# ------------------------------------------------------------------------------------- 8. Rao-Scott

chisq_note <- list(
  F = "Rao-Scott second order: X2/trace on F(d0, d0 nu), nu = degf",
  Chisq = "X2 itself; p from X2/mean(delta) on chi2 with (r-1)(c-1) df (first order)",
  Wald = paste("W/((r-1)(c-1)) on F((r-1)(c-1), nu); W of the weighted TOTALS less row x column / all,",
               "all but the first row and column"),
  adjWald = "Wald with nu - (r-1)(c-1) + 1 for nu")
chisq_case <- function(name, on, formula, inside = on, kinds = names(chisq_note), note = NULL) {
  for (kind in kinds)
    case(paste0("chisq_", name, "_", kind), on, sprintf("svychisq(%s, %s, statistic = \"%s\")", formula, inside, kind),
         paste(c(note, chisq_note[[kind]]), collapse = "; "))
  part <- eval(parse(text = inside), globalenv()) # second way: the table and its vcov from svymean of the cells
  v <- all.vars(as.formula(formula))
  frame <- part$variables
  part <- part[complete.cases(frame[v]), ]
  frame <- part$variables
  a <- factor(frame[[v[1]]]); b <- factor(frame[[v[2]]])
  nr <- nlevels(a); nc <- nlevels(b)
  cell <- svymean(model.matrix(~ 0 + interaction(a, b)), part)
  P <- matrix(coef(cell), nr)
  n <- nrow(eval(parse(text = inside), globalenv())$variables)
  full <- outer(rowSums(P), colSums(P))
  X2 <- n * sum((P - full)^2 / full)
  stopifnot(close_to(X2, cases[[paste0("chisq_", name, "_Chisq")]]$expected$statistic))
  cell <- svytotal(model.matrix(~ 0 + interaction(a, b)), part) # Wald: on totals, row x column / all
  P <- matrix(coef(cell), nr); V <- vcov(cell)
  full <- outer(rowSums(P), colSums(P)) / sum(P)
  J <- diag(nr * nc) - do.call(cbind, lapply(seq_len(nr * nc), function(k) {
    i <- (k - 1) %% nr + 1; j <- (k - 1) %/% nr + 1
    as.vector(outer(seq_len(nr) == i, colSums(P)) + outer(rowSums(P), seq_len(nc) == j) - full) / sum(P)
  }))
  keep <- as.vector(matrix(seq_len(nr * nc), nr)[-1, -1])
  Y <- as.vector(P - full)[keep]
  W <- sum(Y * solve((J %*% V %*% t(J))[keep, keep], Y))
  if ("Wald" %in% kinds)
    stopifnot(close_to(W / length(keep), cases[[paste0("chisq_", name, "_Wald")]]$expected$statistic, 1e-8))
}
chisq_case("2x2_hichol_sex_nh", "nh", "~HI_CHOL + RIAGENDR", note = "missing values left out; nu of the whole design; X2 is scaled to all rows, n with the missing ones")
chisq_case("2x4_hichol_race_nh", "nh", "~HI_CHOL + race", kinds = c("Chisq", "Wald", "adjWald"),
           note = "missing values left out; X2 scaled to all rows")
chisq_case("2x2_idcard_credit_Q", "Q", "~has_id_card + credit", note = "missing values left out; X2 scaled to all rows")
chisq_case("2x2_idcard_credit_Qc", "Qc", "~has_id_card + credit", note = "missing values left out; X2 scaled to all rows")
chisq_case("3x4_profile_educ_Q", "Q", "~profile + educ")
chisq_case("3x4_profile_educ_Qc", "Qc", "~profile + educ")
chisq_case("3x4_profile_educ_owners_Qc", "Qc", "~profile + educ", "subset(Qc, has_id_card == 1)", note = "in a domain: nu of its PSUs")
chisq_case("zero_pit_profile_Q", "Q", "~owns_pit + profile", note = "a cell of zero")
chisq_case("zero_pit_profile_Qc", "Qc", "~owns_pit + profile", note = "a cell of zero")
chisq_case("3x2_stype_awards_strat", "strat", "~stype + awards")
chisq_case("2x2_schwide_comp_clus1", "clus1", "~sch.wide + comp.imp", note = "a cell of zero")
chisq_case("2x3_awards_stype_clus2", "clus2", "~awards + stype")

# -------------------------------------------------------------- 9. standardisation, Oaxaca-Blinder

stat_of <- function(id) { # a case's estimates and covariance as an svystat, for svycontrast
  e <- cases[[id]]$expected
  structure(setNames(e$est, e$label), var = e$vcov, statistic = "mean", class = "svystat")
}

standard <- function(name, base, by, over, shares, missing) {
  design(name, designs[[base]]$data,
         sprintf("svystandardize(%s, by = ~%s, over = ~%s, population = c(%s), excluding.missing = ~%s)", base, by, over,
                 paste(shares, collapse = ", "), missing),
         base = base, given = list(shares = shares), X = NULL)
  designs[[name]]$X <<- as.formula(sprintf("~ interaction(factor(%s), factor(%s), drop = TRUE)", by, over))
}
# Second way: the sum over the age groups of share times domain mean, and its variance, from svyby on the base design.
std_case <- function(id, d, base, y, by, over, shares) {
  frame <- model.frame(get(d))
  calibrated_case(id, d, "mean", y, over, note = paste(
    HOW, "Equals the sum of share times the mean in by x over, delta method: the cell's share within the group is fixed at",
    "`shares` (levels of `by` in order), the group's size at its estimate."))
  inside <- get(base)
  inside <- inside[!is.na(inside$variables[[y]]), ]
  b <- svyby(reformulate(y), reformulate(c(by, over)), inside, svymean, covmat = TRUE) # `by` runs first
  k <- length(shares)
  J <- kronecker(diag(length(coef(b)) / k), matrix(shares / sum(shares), 1))
  e <- cases[[id]]$expected
  stopifnot(close_to(J %*% coef(b), e$est), near(J %*% vcov(b) %*% t(J), e$vcov, 1e-8))
}
ages <- c(0.277, 0.273, 0.257, 0.193)
standard("nh_std_race", "nh", "agecat", "race", ages, "HI_CHOL")
standard("nh_std_sex", "nh", "agecat", "RIAGENDR", ages, "HI_CHOL")
standard("Q_std", "Q", "age_grp", "profile", c(0.4, 0.4, 0.2), "income")
standard("Qc_std", "Qc", "age_grp", "profile", c(0.4, 0.4, 0.2), "income")
standard("strat_std", "strat", "stype", "sch.wide", c(0.7, 0.1, 0.2), "api00")
standard("clus1_std", "clus1", "awards", "stype", c(0.3, 0.7), "api00")
std_case("standard_hichol_by_race_nh", "nh_std_race", "nh", "HI_CHOL", "agecat", "race", ages)
std_case("standard_hichol_by_sex_nh", "nh_std_sex", "nh", "HI_CHOL", "agecat", "RIAGENDR", ages)
std_case("standard_income_by_profile_Q", "Q_std", "Q", "income", "age_grp", "profile", c(0.4, 0.4, 0.2))
std_case("standard_income_by_profile_Qc", "Qc_std", "Qc", "income", "age_grp", "profile", c(0.4, 0.4, 0.2))
std_case("standard_api00_by_stype_clus1", "clus1_std", "clus1", "api00", "awards", "stype", c(0.3, 0.7))
std_case("standard_api00_by_schwide_strat", "strat_std", "strat", "api00", "stype", "sch.wide", c(0.7, 0.1, 0.2))
for (d in c("Q", "Qc"))
  case(paste0("standard_gaps_income_", d), paste0(d, "_std"),
       sprintf("svycontrast(stat_of(\"standard_income_by_profile_%s\"), list(BvsA = c(-1, 1, 0), CvsA = c(-1, 0, 1)))", d),
       "contrasts of the standardised means of the case named")

# Two-fold, reference group r: gap = mean_g - mean_r = (xbar_g - xbar_r)'beta_r [explained] + xbar_g'(beta_g - beta_r)
# [unexplained]. Each part's influence, row by row (weighted, zero outside its group):
#   beta_k:  w x e (X'WX)^-1 of the group;   xbar_k: w (x - xbar_k) / sum w of the group.
oaxaca <- function(formula, group, compared, reference, d) {
  design <- get(d)
  frame <- model.frame(design)
  w <- weights(design, "sampling")
  full <- complete.cases(frame[all.vars(formula)])
  x <- matrix(0, nrow(frame), ncol(model.matrix(formula, frame[full, ])))
  colnames(x) <- colnames(model.matrix(formula, frame[full, ]))
  x[full, ] <- model.matrix(formula, frame[full, ])
  y <- ifelse(full, frame[[all.vars(formula)[1]]], 0)
  part <- function(level) {
    inside <- full & frame[[group]] == level
    fit <- svyglm(formula, design[inside, ])
    beta <- coef(fit)
    wi <- w * inside
    bread <- solve(crossprod(x, x * wi))
    xbar <- colSums(x * wi) / sum(wi)
    e <- as.vector(y - x %*% beta)
    out <- list(beta = beta, xbar = xbar, ybar = sum(wi * y) / sum(wi), infl_beta = (x * wi * e) %*% bread,
                infl_xbar = wi * sweep(x, 2, xbar) / sum(wi), infl_ybar = wi * (y - sum(wi * y) / sum(wi)) / sum(wi))
    stopifnot(close_to(SE(fit), sqrt(diag(plain_vcov(out$infl_beta, d))), 1e-7))
    out
  }
  g <- part(compared); r <- part(reference)
  delta <- g$xbar - r$xbar
  by_column <- list(est = delta * r$beta, infl = sweep(g$infl_xbar - r$infl_xbar, 2, r$beta, "*") + sweep(r$infl_beta, 2, delta, "*"))
  unexplained <- list(est = sum(g$xbar * (g$beta - r$beta)),
                      infl = g$infl_xbar %*% (g$beta - r$beta) + (g$infl_beta - r$infl_beta) %*% g$xbar)
  est <- c(explained = sum(by_column$est), unexplained = unexplained$est, gap = g$ybar - r$ybar)
  infl <- cbind(rowSums(by_column$infl), unexplained$infl, g$infl_ybar - r$infl_ybar)
  stopifnot(close_to(est[1] + est[2], est[3]))
  v <- vcov(svytotal(infl / w, design)) # svytotal multiplies by w
  stopifnot(near(v, plain_vcov(infl, d), 1e-8), abs(v[1, 1] + v[2, 2] + 2 * v[1, 2] - v[3, 3]) < 1e-8 * v[3, 3])
  structure(list(label = names(est), est = unname(est), se = unname(sqrt(diag(v))), vcov = clean(v),
                 columns = colnames(x), beta_g = unname(g$beta), beta_r = unname(r$beta),
                 beta_g_se = sqrt(diag(plain_vcov(g$infl_beta, d))), beta_r_se = sqrt(diag(plain_vcov(r$infl_beta, d))),
                 xbar_g = unname(g$xbar), xbar_r = unname(r$xbar), explained_by_column = unname(by_column$est),
                 explained_by_column_se = sqrt(diag(plain_vcov(by_column$infl, d)))), class = "expected")
}
oaxaca_case <- function(id, d, formula, group, compared, reference)
  case(id, d, sprintf("oaxaca(%s, \"%s\", compared = \"%s\", reference = \"%s\", \"%s\")", formula, group, compared, reference, d),
       "oaxaca() is in r_more_cases.R: svyglm within the groups, influence functions through svytotal; treatment dummies, first level left out (alphabetical)")
oaxaca_case("oaxaca_income_A_vs_C_Q", "Q", "income ~ educ + age_grp", "profile", "A_woman_miner", "C_man_miner")
oaxaca_case("oaxaca_income_A_vs_C_Qc", "Qc", "income ~ educ + age_grp", "profile", "A_woman_miner", "C_man_miner")
oaxaca_case("oaxaca_income_B_vs_C_Qc", "Qc", "income ~ educ + age_grp + obst_1", "profile", "B_woman_service", "C_man_miner")
oaxaca_case("oaxaca_idcard_A_vs_C_Qc", "Qc", "has_id_card ~ educ + age_grp", "profile", "A_woman_miner", "C_man_miner")
oaxaca_case("oaxaca_hichol_2_vs_1_nh", "nh", "HI_CHOL ~ agecat + factor(race)", "RIAGENDR", "2", "1")
oaxaca_case("oaxaca_api00_schwide_clus1", "clus1", "api00 ~ stype + meals", "sch.wide", "Yes", "No")
oaxaca_case("oaxaca_api00_awards_strat", "strat", "api00 ~ stype + meals + ell", "awards", "Yes", "No")

# ------------------------------------------------------------------------------------- 10. svyciprop

ciprop_cases <- function(name, on, item, inside = on, note = NULL) {
  part <- eval(parse(text = inside), globalenv())
  m <- svymean(reformulate(item), part)
  for (method in c("logit", "beta", "likelihood", "asin", "mean")) {
    id <- paste0("ciprop_", name, "_", method)
    case(id, on, sprintf("svyciprop(~%s, %s, method = \"%s\")", item, inside, method),
         paste(c(note, "df: degf of the design given, a domain's own; n its rows",
                 if (method == "likelihood") paste(
                   "R's search stops early: lo_exact, hi_exact solve 2 n_eff (n - 1)/n (p log(p/q) + (1 - p) log((1 - p)/(1 - q))) = t^2",
                   "for q, n_eff = p(1 - p)/se^2"),
                 if (method == "logit") "R's glm stops early: lo_exact, hi_exact are from logit(p) +- t se/(p(1 - p))"), collapse = "; "),
         more = list(se = as.vector(SE(m)), df = degf(part), n = nrow(part)))
    p <- coef(m)[[1]]; s <- as.vector(SE(m)); t <- qt(.975, degf(part))
    e <- cases[[id]]$expected
    n_eff <- p * (1 - p) / s^2 * (qt(.975, nrow(part) - 1) / t)^2
    again <- switch(method,
      mean = p + c(-1, 1) * t * s,
      logit = plogis(qlogis(p) + c(-1, 1) * t * s / (p * (1 - p))),
      asin = sin(asin(sqrt(p)) + c(-1, 1) * t * s / (2 * sqrt(p * (1 - p))))^2,
      beta = c(qbeta(.025, n_eff * p, n_eff * (1 - p) + 1), qbeta(.975, n_eff * p + 1, n_eff * (1 - p))),
      likelihood = { # the deviance, scaled by the ratio of the variances, at t^2 (Rao and Scott)
        n <- nrow(part)
        drop <- function(q) 2 * p * (1 - p) / s^2 * (n - 1) / n * (p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))) - t^2
        c(uniroot(drop, c(1e-9, p), tol = 1e-12)$root, uniroot(drop, c(p, 1 - 1e-9), tol = 1e-12)$root)
      })
    gap <- max(abs(c(e$lo, e$hi) / again - 1))
    slack[[method]] <<- max(gap, slack[[method]])
    stopifnot(gap < c(logit = 1e-5, likelihood = 3e-3, mean = 1e-9, asin = 1e-9, beta = 1e-9)[[method]])
    if (method %in% c("logit", "likelihood")) cases[[id]]$expected[c("lo_exact", "hi_exact")] <<- as.list(again)
  }
}
slack <- list()
for (d in c("Q", "Qc")) {
  ciprop_cases(paste0("pit_A_", d), d, "owns_pit", sprintf("subset(%s, profile == \"A_woman_miner\")", d))
  ciprop_cases(paste0("pit_C_", d), d, "owns_pit", sprintf("subset(%s, profile == \"C_man_miner\")", d))
  ciprop_cases(paste0("credit_", d), d, "credit", sprintf("subset(%s, !is.na(credit))", d), "missing values are a domain")
}
ciprop_cases("rare_C_Qc", "Qc", "rare", "subset(Qc, profile == \"C_man_miner\")")
ciprop_cases("idcard_R1_C_Q", "Q", "has_id_card", "subset(Q, region == \"R1\" & profile == \"C_man_miner\")")
ciprop_cases("hichol_race1_nh", "nh", "HI_CHOL", "subset(nh, !is.na(HI_CHOL) & race == 1)")
ciprop_cases("hichol_race4_young_nh", "nh", "HI_CHOL", "subset(nh, !is.na(HI_CHOL) & race == 4 & agecat == \"(0,19]\")")
ciprop_cases("sw_H_clus1", "clus1", "sw", "subset(clus1, stype == \"H\")")
ciprop_cases("aw_strat", "strat", "aw")
ciprop_cases("yes_b_twost", "twost", "yes", "subset(twost, group == \"b\")")

# -------------------------------------------------------------------------------------------- write

lines <- vapply(names(cases), function(id) sprintf("%s: %s", json(id), json(cases[[id]])), "")
writeLines(c("{", paste0(lines, c(rep(",", length(lines) - 1), "")), "}"), "r_more_cases.json")
cat("svyciprop: largest relative gap of R's limits and the formulas:\n"); print(signif(unlist(slack), 2))
cat(length(cases), "cases\n")

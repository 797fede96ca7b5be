"""The scripts for R, as text; bench/r_agrees.py runs them and compares the numbers."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import brecha
from brecha import BrechaError, Count, Design, Mean, Ratio, Share, SinglePsu, Stage, Total
from brecha.items import Item
from brecha.r_script import Request, script, to_r
from brecha.r_script.asking import item_lines
from brecha.r_script.designing import design_lines
from brecha.replicates import jackknife

DATA = Path(__file__).parent / "data"

PPE = Share(name="ppe.yes", variable="ppe", counted=("yes",), missing=("no_answer", ""), base="answered")


def request(design, items=(PPE,), by=((),), source="answers.csv", **more):
    return Request(tuple(items), design, tuple(by), source, **more)


def lines(design):
    return "\n".join(design_lines(design))


def asked(item, by=((),), calibrated=False):
    return item_lines(item, by, calibrated)[1:]


def test_a_whole_script(tmp_path):
    path = tmp_path / "check.R"
    design = Design(kind="quota", strata=("region", "profile"), weight="w")
    to_r(request(design, by=[(), ("profile", "region")]), path)
    assert (
        path.read_text()
        == """\
# The estimates of brecha, made again by R's package survey.
# The design is a quota sample; standard errors are model-based, as if rows were drawn at random inside strata.
library(survey)
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE)

# A number, and 0 for what is none; those rows are outside every base.
number <- function(x) {
  x <- suppressWarnings(as.numeric(x))
  ifelse(is.na(x), 0, x)
}

# Codes are texts, as they stand in the file; a blank is NA.
rows <- read.csv("answers.csv", sep = ",", colClasses = "character", na.strings = "", check.names = FALSE,
                 fileEncoding = "UTF-8-BOM")

rows[["brecha.weight"]] <- number(rows[["w"]])
rows[["brecha.stratum"]] <- interaction(rows[c("region", "profile")], drop = TRUE, sep = " | ")
design <- svydesign(ids = ~1, weights = ~brecha.weight, data = rows, strata = ~brecha.stratum)

estimates <- NULL
add <- function(name, found, by = character()) {
  if (sum(weights(base)) == 0) return(invisible()) # nobody is in the base, and `found` is never worked out
  domain <- do.call(paste, c(Map(paste, by, as.list(found)[by], sep = "="), sep = ", "))
  one <- data.frame(name = name, domain = if (length(by)) domain else "", estimate = as.vector(coef(found)),
                    se = as.vector(SE(found)))
  estimates <<- rbind(estimates, one[is.finite(one$estimate), ])
}

# ppe.yes
base <- subset(design, !(`ppe` %in% c("no_answer", NA)))
add("ppe.yes", svymean(~I(1 * (`ppe` %in% "yes")), base))
add("ppe.yes", svyby(~I(1 * (`ppe` %in% "yes")), ~`profile` + `region`, base, svymean, covmat = TRUE), \
c("profile", "region"))

print(estimates, digits = 15, row.names = FALSE, right = FALSE)
"""
    )


def test_a_result_that_keeps_its_request_is_written_from_it(tmp_path):
    asked = request(Design(kind="probability"))
    to_r(SimpleNamespace(request=asked), tmp_path / "check.R")
    assert (tmp_path / "check.R").read_text() == script(asked)


def test_rows_that_came_from_no_file_need_one_named():
    asked = request(Design(kind="probability"), source=None)
    with pytest.raises(BrechaError, match="Name one in data") as caught:
        script(asked)
    assert caught.value.code == "no_data_file"
    assert 'read.csv("other.csv"' in script(asked, "other.csv")


def test_names_and_codes_are_quoted():
    share = Share(name='the "odd"', variable="a`b\\c", counted=("sí", 'dijo "no"'))
    assert asked(share) == [
        "base <- design",
        r'add("the \"odd\"", svymean(~I(1 * (`a\`b\\c` %in% c("sí", "dijo \"no\""))), base))',
    ]


def test_a_name_over_two_lines_stays_one_comment():
    assert item_lines(Share(name="a\nb", variable="a", counted=("1",)), [()], False)[0] == "# a b"


def test_parquet_is_read_with_arrow_and_another_separator_is_said():
    assert 'arrow::read_parquet("rows.parquet")' in script(request(Design(kind="quota"), source="rows.parquet"))
    assert "read.csv" not in script(request(Design(kind="quota"), source="rows.PARQUET"))
    assert 'sep = ";"' in script(request(Design(kind="quota"), separator=";"))
    assert 'sep = "\\t"' in script(request(Design(kind="quota"), separator="\t"))


def test_every_row_weighs_1_without_weights():
    assert lines(Design(kind="convenience")) == (
        'rows[["brecha.weight"]] <- 1\ndesign <- svydesign(ids = ~1, weights = ~brecha.weight, data = rows)'
    )


def test_psus_are_counted_anew_in_each_stratum_and_have_a_population():
    assert (
        lines(Design(kind="probability", strata=("region",), psu="site", population="N"))
        == """\
rows[["brecha.weight"]] <- 1
rows[["brecha.stratum"]] <- interaction(rows["region"], drop = TRUE, sep = " | ")
rows[["brecha.population1"]] <- number(rows[["N"]])
design <- svydesign(ids = ~`site`, weights = ~brecha.weight, data = rows, strata = ~brecha.stratum, \
fpc = ~brecha.population1, nest = TRUE)"""
    )


def test_unique_psus_are_not_nested():
    assert "ids = ~`site`, weights = ~brecha.weight, data = rows, nest = FALSE)" in lines(
        Design(kind="probability", psu="site", nest=False)
    )


def test_later_stages_and_one_drawn_with_replacement():
    design = Design(kind="probability", psu="village", population="N1", stages=(Stage("house", "N2"), Stage("who")))
    assert (
        lines(design)
        == """\
rows[["brecha.weight"]] <- 1
rows[["brecha.population1"]] <- number(rows[["N1"]])
rows[["brecha.population2"]] <- number(rows[["N2"]])
rows[["brecha.population3"]] <- Inf
design <- svydesign(ids = ~`village` + `house` + `who`, weights = ~brecha.weight, data = rows, \
fpc = ~brecha.population1 + brecha.population2 + brecha.population3, nest = TRUE)"""
    )


def test_rows_as_the_last_stage():
    design = Design(kind="probability", psu="village", population="N1", stages=(Stage(population="N2"),))
    assert 'rows[["brecha.row"]] <- seq_len(nrow(rows))' in lines(design)
    assert "ids = ~`village` + brecha.row," in lines(design)


@pytest.mark.parametrize(
    ("rule", "option", "warns"),
    [
        ("refuse", "fail", ""),
        ("certainty", "certainty", ""),
        ("adjust", "adjust", "total"),
        ("average", "average", "domain"),
    ],
)
def test_the_rule_for_single_psus_and_where_r_has_another(rule, option, warns):
    found = script(request(Design(kind="probability", strata=("a",), single_psu=SinglePsu(rule))))
    assert f'survey.lonely.psu = "{option}"' in found
    assert ("differ" in found) == bool(warns)
    assert warns in found


def test_collapsed_strata_are_joined_in_the_script():
    rule = SinglePsu("collapse", into={("Ancash", "men"): ("Ica", "men")})
    found = lines(Design(kind="quota", strata=("region", "profile"), psu="site", single_psu=rule))
    assert found.splitlines()[2:] == [
        "# Strata with a single PSU join those named for them; a stratum that was asked whole does not.",
        'into <- c("Ancash | men" = "Ica | men")',
        'rows[["brecha.psu"]] <- interaction(rows[["brecha.stratum"]], rows[["site"]], drop = TRUE)',
        'psus <- tapply(as.character(rows[["brecha.psu"]]), rows[["brecha.stratum"]], '
        "function(one) length(unique(one)))",
        'home <- setNames(nm = levels(rows[["brecha.stratum"]]))',
        "for (one in intersect(names(into), names(which(psus == 1))))",
        "  home[home == home[[one]]] <- home[[into[[one]]]]",
        'rows[["brecha.stratum"]] <- factor(home[as.character(rows[["brecha.stratum"]])])',
        "design <- svydesign(ids = ~brecha.psu, weights = ~brecha.weight, data = rows, strata = ~brecha.stratum, "
        "nest = TRUE)",
    ]


def test_populations_of_collapsed_strata_are_summed():
    rule = SinglePsu("collapse", into={("H",): ("M",)})
    found = lines(Design(kind="quota", strata=("stype",), population="N", single_psu=rule))
    assert 'interaction(rows[["brecha.stratum"]], seq_len(nrow(rows)), drop = TRUE)' in found
    assert 'size <- tapply(rows[["brecha.population1"]], rows[["brecha.stratum"]], max)' in found
    assert "names(which(psus == 1 & size > 1))" in found
    assert 'rows[["brecha.population1"]] <- tapply(size, home[names(size)], sum)' in found


def test_a_census_has_no_error_and_no_strata():
    found = script(request(Design(kind="census", strata=("region",), psu="site", population="N", weight="w")))
    assert "svydesign(ids = ~1, weights = ~brecha.weight, data = rows)" in found
    assert "se = NA_real_)" in found
    assert "# The design is a census; it has no sampling error." in found


def test_shares_of_those_asked_of_a_universe_and_of_several_codes():
    share = Share(
        name="a", variable="a", counted=("1", "2"), missing=("9",), universe={"sex": ("women",), "adult": ("1",)}
    )
    assert asked(share) == [
        'base <- subset(design, `adult` %in% "1" & `sex` %in% "women")',
        'add("a", svymean(~I(1 * (`a` %in% c("1", "2"))), base))',
    ]


def test_an_option_of_several_answers_is_of_all_who_answered_any():
    [share] = brecha.options("why", ["w1"])
    assert asked(share)[0] == "base <- subset(design, !(`w1` %in% NA))"
    two = brecha.options("why", ["w1", "w2"])[1]
    assert asked(two)[0] == "base <- subset(design, !(`w1` %in% NA & `w2` %in% NA))"


def test_numbers_are_of_those_who_answered():
    assert asked(Mean(name="age", variable="age", missing=("99",)), [("sex",)]) == [
        'base <- subset(design, !(`age` %in% c("99", NA)))',
        'add("age", svyby(~number(`age`), ~`sex`, base, svymean, covmat = TRUE), "sex")',
    ]
    assert asked(Total(name="gold", variable="gold"))[1] == 'add("gold", svytotal(~number(`gold`), base))'


def test_a_count_is_a_total_of_ones():
    assert asked(Count(name="women", variable="sex", counted=("2",))) == [
        "base <- design",
        'add("women", svytotal(~I(1 * (`sex` %in% "2")), base))',
    ]


def test_a_ratio_has_a_denominator_in_everybody_and_in_domains():
    assert asked(Ratio(name="grade", numerator="g", denominator="t"), [(), ("mine",)], calibrated=True) == [
        "base <- subset(design, !(`g` %in% NA) & !(`t` %in% NA))",
        'add("grade", svyratio(~number(`g`), ~number(`t`), base))',
        'add("grade", svyby(~number(`g`), ~`mine`, base, svyratio, denominator = ~number(`t`)), "mine")',
    ]


class Odd(Item):
    """An item of the caller's own."""

    variables = ("a",)


def test_an_item_that_r_has_no_line_for():
    with pytest.raises(BrechaError, match="no line for the item 'odd'"):
        script(request(Design(kind="quota"), [Odd(name="odd")]))


ROWS = {"sex": ["f", "f", "m", "m"], "area": ["r", "u", "r", "u"], "age": [20, 40, 30, 50]}
QUOTA = Design(kind="quota")
SEX, AREA = {"f": 30.0, "m": 20.0}, {"r": 10.0, "u": 40.0}


def calibrated(design):
    return design_lines(design)[2:]


def test_post_stratified_weights():
    totals = {("f", "r"): 10.0, ("f", "u"): 20.0, ("m", "r"): 5.5, ("m", "u"): 15.0}
    assert calibrated(brecha.poststratify(ROWS, QUOTA, ("sex", "area"), totals)) == [
        'design <- postStratify(design, ~`sex` + `area`, data.frame(`sex` = c("f", "f", "m", "m"), '
        '`area` = c("r", "u", "r", "u"), `Freq` = c(10, 20, 5.5, 15), check.names = FALSE))'
    ]


def test_raked_weights_with_the_errors_of_the_book_leave_out_a_category_that_follows_from_the_others():
    assert calibrated(brecha.rake(ROWS, QUOTA, {"sex": SEX, "area": AREA})) == [
        'design <- update(design, brecha.x1 = 1 * (`sex` %in% "f"), brecha.x2 = 1 * (`sex` %in% "m"), '
        'brecha.x3 = 1 * (`area` %in% "u"))',
        "design <- calibrate(design, ~brecha.x1 + brecha.x2 + brecha.x3 - 1, "
        'c(brecha.x1 = 30, brecha.x2 = 20, brecha.x3 = 40), calfun = "raking", maxit = 500, epsilon = 1e-11)',
    ]


def test_raked_weights_with_the_errors_of_r():
    assert calibrated(brecha.rake(ROWS, QUOTA, {"sex": SEX, "area": AREA}, regression="rows")) == [
        'design <- rake(design, list(~`sex`, ~`area`), list(data.frame(`sex` = c("f", "m"), `Freq` = c(30, 20), '
        'check.names = FALSE), data.frame(`area` = c("r", "u"), `Freq` = c(10, 40), check.names = FALSE)), '
        "control = list(maxit = 500, epsilon = 1e-12))"
    ]


def test_numbers_and_the_population_as_auxiliaries():
    found = calibrated(brecha.calibrate(ROWS, QUOTA, {(): 40, "age": 1500}))
    assert found[0] == "design <- update(design, brecha.x1 = 1, brecha.x2 = number(`age`))"
    assert 'c(brecha.x1 = 40, brecha.x2 = 1500), calfun = "linear"' in found[1]
    found = calibrated(brecha.calibrate(ROWS, QUOTA, {"sex": SEX, "age": 1700}, distance="raking"))
    assert 'brecha.x3 = 1700), calfun = "raking"' in found[1]


def test_domains_of_a_calibrated_design_have_no_covariances_in_r():
    design = brecha.poststratify(ROWS, QUOTA, "sex", SEX)
    share = Share(name="u", variable="area", counted=("u",))
    assert 'svyby(~I(1 * (`area` %in% "u")), ~`sex`, base, svymean), "sex")' in script(
        request(design, [share], [("sex",)])
    )


def test_calibrations_that_r_has_no_line_for():
    raked = brecha.rake(ROWS, QUOTA, {"sex": SEX})
    for design, method in (
        (brecha.trim(ROWS, raked, (5, 20)), "raking, then trimming"),
        (brecha.calibrate(ROWS, QUOTA, {"sex": {"f": 3.0, "m": 1.8}}, "bounded", (0.5, 2)), "bounded"),
    ):
        with pytest.raises(BrechaError) as caught:
            script(request(design))
        assert (caught.value.code, caught.value.values["method"]) == ("no_r_calibration", method)


def test_what_was_estimated_remembers_what_was_asked(tmp_path):
    item = Share(name="card", variable="has_id_card", counted=("1",), missing=("NA",))
    result = brecha.estimate(DATA / "quota854.csv", Design(kind="quota"), [item], by=[("profile",)])
    to_r(result, tmp_path / "again.R")
    assert (tmp_path / "again.R").read_text() == script(result.request)
    assert str(DATA / "quota854.csv") in script(result.request)


def test_replicates_have_no_script(tmp_path):
    item = Share(name="card", variable="has_id_card", counted=("1",), missing=("NA",))
    result = jackknife().estimate(DATA / "quota854.csv", Design(kind="quota", psu="site"), [item])
    with pytest.raises(BrechaError) as refusal:
        to_r(result, tmp_path / "again.R")
    assert refusal.value.code == "no_request"
    assert not (tmp_path / "again.R").exists()

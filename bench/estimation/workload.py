"""The workload that every engine answers: 70 indicators in 72 domains, 5,040 shares and 1,680 gaps.

30 questions of two answers and 10 of four, in a sample of 200 strata with 20 PSUs each; three profiles in 24 regions,
and in each region the gap between the first profile and the second.
"""

BINARY = tuple(f"b{j}" for j in range(30))
FOUR = tuple(f"f{j}" for j in range(10))
ITEMS = (*BINARY, *FOUR)
INDICATORS = (*((item, "1") for item in BINARY), *((item, str(code)) for item in FOUR for code in range(4)))
STRATA, PSUS, PROFILES, REGIONS = 200, 20, 3, 24
COLUMNS = ("stratum", "psu", "w", "profile", "region", *ITEMS)

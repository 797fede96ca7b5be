"""Plans: objectives, results, actions and who carries them; indicators with baselines and targets.

A plan has versions: a draft is edited, an approved one is amended with a reason. A version is whole: its nodes and
indicators are rows of their own, so that two versions can be laid side by side. What a code means through all
versions is an `Item`; whatever is reported (room `progress`) hangs on items, and outlives every amendment.
"""

"""What became of a plan: values with evidence, spending, closed periods, meetings and agreements, the scoreboard.

Everything hangs on the plan's items (what a code stands for in every version), so that an amendment loses nothing.
A value, an amount or a word that is corrected stays, marked as replaced: the current one is `current`.
"""

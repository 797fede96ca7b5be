"""What offices keep of the registry: the law as dated records, who works where, who read what, and exports.

It has no tables of its own: they are the room `registry`'s, which everything stands on.
"""

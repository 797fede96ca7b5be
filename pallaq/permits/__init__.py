"""Authorisations to select: countersigned, expiring, renewed or refused with reasons.

They print the constancia de origen, of which the holder keeps a copy.
"""

"""Tables of the room: an organisation's file, who is in it and leads it, and what official lists say of it."""

from pallaq.associations.models.files import BroughtList, Dossier, ListKind
from pallaq.associations.models.official import Holding, MercuryFree, MiningRight, Part, Plant, RecpoState, Standing
from pallaq.associations.models.people import SINGLE, Board, BoardPost, Membership, Post, Statute, rows_of

__all__ = [
    "SINGLE",
    "Board",
    "BoardPost",
    "BroughtList",
    "Dossier",
    "Holding",
    "ListKind",
    "Membership",
    "MercuryFree",
    "MiningRight",
    "Part",
    "Plant",
    "Post",
    "RecpoState",
    "Standing",
    "Statute",
    "rows_of",
]

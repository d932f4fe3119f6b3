"""Twelve invented events of twelve days, encoded for real, to search and to ask."""

from __future__ import annotations

from dataclasses import dataclass

from newsroom import Newsroom

from news.search import Search
from summarizer.encode import SentenceEncoder


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A filled store, with a search over it by the real encoder."""

    room: Newsroom
    search: Search
    encoder: SentenceEncoder


EVENTS = {
    "quay": (
        "Varnes votes to rebuild its northern quay",
        "The council of Varnes voted to rebuild the northern quay for 12 million crowns. Work "
        "begins in March and should be done before the ferry season of the next year.",
    ),
    "ash": (
        "Ash closes Teral airfield",
        "The volcano above Teral threw ash over two villages. Flights were cancelled and a school "
        "opened its hall to families who had to leave their farms.",
    ),
    "water": (
        "Jordan and Egypt agree on shared water",
        "Envoys of Jordan and Egypt signed a plan to share river water. Two pumping stations will "
        "be built and readings published every month.",
    ),
    "chess": (
        "Fishing town wins chess cup",
        "The chess club of a fishing town won the national cup after nine long rounds. Its "
        "youngest player drew the last game.",
    ),
    "bank": (
        "Central bank raises interest rate to slow inflation",
        "The central bank raised its main rate by half a point because food and fuel prices rose "
        "faster than expected. Borrowers will pay more for their homes.",
    ),
    "trial": (
        "Former minister on trial over bribes",
        "Prosecutors accused a former transport minister of taking bribes for railway contracts. "
        "He denied the charges on the first day of his trial.",
    ),
    "vaccine": (
        "Clinics begin giving malaria vaccine",
        "Health workers began to give children a new vaccine against malaria in forty clinics. "
        "Doctors hope that deaths will fall by a third within two years.",
    ),
    "border": (
        "Soldiers leave border after talks",
        "Both armies withdrew tanks from the disputed border after talks that lasted for three "
        "days. Observers will watch the ceasefire from two camps.",
    ),
    "election": (
        "Opposition wins election on the islands",
        "The opposition won most seats in the parliament of the islands. Its leader promised to "
        "form a government within two weeks.",
    ),
    "telescope": (
        "New telescope sends first pictures",
        "A telescope in space sent its first pictures of distant galaxies. Astronomers will use it "
        "to study how stars are born.",
    ),
    "fire": (
        "Forest fires drive thousands from homes",
        "Forest fires drove thousands of people from their homes as wind and heat spread the "
        "flames. Planes dropped water on the hills all night.",
    ),
    "policy": (
        "Cities change parking policies",
        "Several cities want fewer cars and make parking dearer. Shopkeepers complain about the "
        "policy; cyclists are glad of it.",
    ),
}

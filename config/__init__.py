"""Typed settings and the editorial data that ships: feeds, topics, places, the sample edition.

Read by the wiring alone, which passes plain values down.
"""

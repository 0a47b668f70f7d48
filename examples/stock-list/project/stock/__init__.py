"""Reads the stock export of the shop and reports on it."""

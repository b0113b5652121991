"""The connector as an Estuary Flow capture: a stand-in for Flow's adapter, Flow's side of it, and tests of both."""

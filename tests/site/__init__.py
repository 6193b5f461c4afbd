"""A web site on this machine that plays the two sites of the inspectorate, and can misbehave."""

"""What a person is told: hits with evidence and reasons, facets, profiles, exports."""

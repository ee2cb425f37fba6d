"""What the API and the pages share: requests, parameters, caching, problems, limits and metrics."""

pinspot explain hsts-preload

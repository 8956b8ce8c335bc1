"""One request, followed through services and bindings by the lines that it left."""

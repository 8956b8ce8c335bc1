"""Bad platform files, by the kind of their mistake, each with the problems that it must get."""

"""`python -m dataflux_exporter --config FILE`."""

from dataflux_exporter.cli import main

if __name__ == "__main__":
    main()

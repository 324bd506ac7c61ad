module parser

go 1.24

require github.com/breml/logstash-config v0.5.3

// What only its own command line needs.
exclude (
	github.com/spf13/cobra v1.2.1
	github.com/spf13/viper v1.8.1
)

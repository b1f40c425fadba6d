package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/sr"
)

// One line of JSON for each step: its result, or status and code of the error that the registry answered with.

var steps int

func tell(line map[string]any) {
	text, err := json.Marshal(line)
	must(err)
	fmt.Println(string(text))
}

// step does it and reports it. An error that the registry did not answer with ends the program.
func step[T any](name string, result T, err error) {
	steps++
	var refused *sr.ResponseError
	switch {
	case errors.As(err, &refused):
		tell(map[string]any{"step": name, "error": map[string]int{"status": refused.StatusCode, "code": refused.ErrorCode}})
	case err != nil:
		must(fmt.Errorf("%s: %w", name, err))
	default:
		tell(map[string]any{"step": name, "result": result})
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func need[T any](value T, err error) T {
	must(err)
	return value
}

// Command composecheck loads Compose files as Docker does, which validates them, and prints the project as JSON.
//
//	composecheck FILE
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

// version is that of github.com/compose-spec/compose-go, which does the work.
var version = "unknown"

func load(file string) (string, error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithResolvedPaths(true), cli.WithName("checked"))
	if err != nil {
		return "", err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return "", err
	}
	text, err := project.MarshalJSON()
	return string(text), err
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: composecheck FILE")
		os.Exit(2)
	}
	if os.Args[1] == "--version" {
		fmt.Printf("composecheck, version %s\n", version)
		return
	}
	text, err := load(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(text)
}

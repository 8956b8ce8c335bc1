// Command fluxbuild prints what Flux' kustomize-controller would apply: a kustomization, with variables substituted.
//
//	fluxbuild FOLDER NAME=VALUE ...
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// version is that of github.com/fluxcd/pkg/kustomize, which does the work.
var version = "unknown"

func build(folder string, variables map[string]any) (string, error) {
	spec := map[string]any{"postBuild": map[string]any{"substitute": variables}}
	kustomization := unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	objects, err := kustomize.Build(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return "", err
	}
	for _, object := range objects.Resources() {
		// Without a client, ConfigMaps and Secrets with variables are not read.
		substituted, err := kustomize.SubstituteVariables(
			context.Background(), nil, kustomization, object, kustomize.SubstituteWithDryRun(true))
		if err != nil {
			return "", fmt.Errorf("%s: %w", object.GetName(), err)
		}
		if substituted != nil {
			if _, err := objects.Replace(substituted); err != nil {
				return "", err
			}
		}
	}
	text, err := objects.AsYaml()
	return string(text), err
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: fluxbuild FOLDER NAME=VALUE ...")
		os.Exit(2)
	}
	if os.Args[1] == "--version" {
		fmt.Printf("fluxbuild, version %s\n", version)
		return
	}
	variables := map[string]any{}
	for _, argument := range os.Args[2:] {
		name, value, _ := strings.Cut(argument, "=")
		variables[name] = value
	}
	text, err := build(os.Args[1], variables)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(text)
}

// Parses a Logstash pipeline by Logstash's own grammar, and prints what it is made of as JSON.
//
// parser FILE: {"input": […], "filter": […], "output": […]}, each a plugin or a branch.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	config "github.com/breml/logstash-config"
	"github.com/breml/logstash-config/ast"
)

type object = map[string]any

func main() {
	parsed, err := config.ParseFile(os.Args[1])
	if err != nil {
		fail(err)
	}
	whole, ok := parsed.(ast.Config)
	if !ok {
		fail(fmt.Errorf("no pipeline, but %T", parsed))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(object{
		"input":  sections(whole.Input),
		"filter": sections(whole.Filter),
		"output": sections(whole.Output),
	})
	if err != nil {
		fail(err)
	}
}

func sections(all []ast.PluginSection) []any {
	found := []any{}
	for _, one := range all {
		found = append(found, block(one.BranchOrPlugins)...)
	}
	return found
}

func block(all []ast.BranchOrPlugin) []any {
	found := []any{}
	for _, one := range all {
		switch one := one.(type) {
		case ast.Plugin:
			found = append(found, object{"plugin": one.Name(), "values": attributes(one.Attributes)})
		case ast.Branch:
			found = append(found, branch(one))
		}
	}
	return found
}

func branch(one ast.Branch) object {
	ways := []any{way(one.IfBlock.Condition, one.IfBlock.Block)}
	for _, other := range one.ElseIfBlock {
		ways = append(ways, way(other.Condition, other.Block))
	}
	return object{"ways": ways, "else": block(one.ElseBlock.Block)}
}

func way(when ast.Condition, then []ast.BranchOrPlugin) object {
	return object{"when": condition(when), "then": block(then)}
}

func attributes(all []ast.Attribute) object {
	found := object{}
	for _, one := range all {
		found[one.Name()] = value(one)
	}
	return found
}

func value(one ast.Attribute) any {
	switch one := one.(type) {
	case ast.StringAttribute:
		return one.Value()
	case ast.NumberAttribute:
		return one.Value()
	case ast.ArrayAttribute:
		found := []any{}
		for _, inner := range one.Value() {
			found = append(found, value(inner))
		}
		return found
	case ast.HashAttribute:
		found := object{}
		for _, entry := range one.Value() {
			found[key(entry.Key)] = value(entry.Value)
		}
		return found
	default:
		fail(fmt.Errorf("what a %T is was not needed yet", one))
		return nil
	}
}

func key(one ast.HashEntryKey) string {
	if text, ok := one.(ast.StringAttribute); ok {
		return text.Value()
	}
	return one.ValueString()
}

func condition(all ast.Condition) []any {
	found := []any{}
	for _, one := range all.Expression {
		part := expression(one)
		part["by"] = one.BoolOperator().String()
		found = append(found, part)
	}
	return found
}

func expression(one ast.Expression) object {
	switch one := one.(type) {
	case ast.RvalueExpression:
		return object{"kind": "there", "what": side(one.RValue)}
	case ast.InExpression:
		return object{"kind": "in", "what": side(one.LValue), "of": side(one.RValue)}
	case ast.RegexpExpression:
		return object{"kind": "matches", "what": side(one.LValue), "pattern": one.RValue.(ast.Regexp).Regexp}
	default:
		fail(fmt.Errorf("what a %T asks was not needed yet", one))
		return nil
	}
}

func side(one ast.Rvalue) object {
	switch one := one.(type) {
	case ast.Selector:
		return object{"field": one.String()}
	case ast.StringAttribute:
		return object{"text": one.Value()}
	default:
		fail(fmt.Errorf("what a %T is was not needed yet", one))
		return nil
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

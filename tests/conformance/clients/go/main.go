// What a program with franz-go's pkg/sr does with a schema registry; bytes are made by hamba/avro. The address is in
// REGISTRY_URL, the data in SCENARIO; CLIENT_ID and CLIENT_SECRET are for a registry that asks who one is.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/sr"
)

type object = map[string]any

var (
	ctx      = context.Background()
	client   *sr.Client
	scenario object
	topic    string
	subject  string
	event    object
	v1, v2   object
	broken   object
)

func main() {
	versions := map[string]string{}
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		versions[module.Path] = module.Version
	}
	options := []sr.ClientOpt{sr.URLs(os.Getenv("REGISTRY_URL"))}
	if id := os.Getenv("CLIENT_ID"); id != "" {
		options = append(options, sr.BasicAuth(id, os.Getenv("CLIENT_SECRET")))
	}
	client = need(sr.NewClient(options...))
	name := fmt.Sprintf("Go franz-go/pkg/sr %s (hamba/avro %s, %s)",
		versions["github.com/twmb/franz-go/pkg/sr"], versions["github.com/hamba/avro/v2"], runtime.Version())
	if len(os.Args) > 1 {
		tell(object{"client": name + ", " + os.Args[1]})
		city(os.Args[1])
	} else {
		tell(object{"client": name})
		registry()
	}
	tell(object{"done": steps})
}

func registry() {
	must(json.Unmarshal(need(os.ReadFile(os.Getenv("SCENARIO"))), &scenario))
	topic = scenario["topic"].(string)
	subject = topic + "-value"
	event = scenario["event"].(object)
	v1 = scenario["v1"].(object)
	v2 = withField(v1, scenario["added"])
	broken = withField(v1, scenario["addedWithoutDefault"])
	readingAndWriting()
	schemas()
	references()
	normalization()
	compatibility()
	modes()
	deletions()
	names()
	atOnce()
}

func withField(schema object, field any) object {
	changed := object{}
	for name, value := range schema {
		changed[name] = value
	}
	changed["fields"] = append(append([]any{}, schema["fields"].([]any)...), field)
	return changed
}

func text(schema any) string { return string(need(json.Marshal(schema))) }

func avroOf(schema any) sr.Schema { return sr.Schema{Schema: text(schema), Type: sr.TypeAvro} }

// serde writes with one schema and reads with whatever id an event carries, by asking for it.
func serde(id int, schema avro.Schema) *sr.Serde {
	made := sr.NewSerde()
	made.Register(id, object{},
		sr.EncodeFn(func(value any) ([]byte, error) { return avro.Marshal(schema, value) }),
		sr.DecodeFn(func(data []byte, into any) error { return avro.Unmarshal(schema, data, into) }))
	return made
}

// schemaOf asks for what an id means, with everything that it refers to.
func schemaOf(id int) (avro.Schema, error) {
	found, err := client.SchemaByID(ctx, id)
	if err != nil {
		return nil, err
	}
	known := &avro.SchemaCache{}
	for _, reference := range found.References {
		other, err := client.SchemaByVersion(ctx, reference.Subject, reference.Version)
		if err != nil {
			return nil, err
		}
		if _, err := avro.ParseWithCache(other.Schema.Schema, "", known); err != nil {
			return nil, err
		}
	}
	return avro.ParseWithCache(found.Schema, "", known)
}

func decode(data []byte) (object, error) {
	id, _, err := sr.NewSerde().DecodeID(data)
	if err != nil {
		return nil, err
	}
	schema, err := schemaOf(id)
	if err != nil {
		return nil, err
	}
	value := object{}
	return value, serde(id, schema).Decode(data, &value)
}

func encode(id int, value object) []byte {
	return need(serde(id, need(schemaOf(id))).Encode(prepared(value)))
}

// prepared has the numbers of Avro's types, which JSON does not tell apart.
func prepared(value any) object {
	changed := object{}
	for name, part := range value.(object) {
		switch name {
		case "tonnage":
			changed[name] = int64(part.(float64))
		case "tons", "number":
			changed[name] = int(part.(float64))
		case "cargo":
			list := []any{}
			for _, one := range part.([]any) {
				list = append(list, prepared(one))
			}
			changed[name] = list
		case "from", "to":
			changed[name] = prepared(part)
		default:
			changed[name] = part
		}
	}
	return changed
}

// holds compares schemas as JSON, whatever the order of their members.
func holds(registered string, schema object) bool {
	var found object
	must(json.Unmarshal([]byte(registered), &found))
	return reflect.DeepEqual(found, schema)
}

// resolved reads what one schema wrote with another.
func resolved(data []byte, writer, reader object) (object, error) {
	schema, err := avro.NewSchemaCompatibility().Resolve(
		need(avro.ParseWithCache(text(reader), "", &avro.SchemaCache{})),
		need(avro.ParseWithCache(text(writer), "", &avro.SchemaCache{})))
	if err != nil {
		return nil, err
	}
	value := object{}
	return value, avro.Unmarshal(schema, data[5:], &value)
}

func sameJSON(one, other any) bool { return strings.Compare(text(one), text(other)) == 0 }

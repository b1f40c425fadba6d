package main

import (
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/sr"
)

func readingAndWriting() {
	first, err := client.CreateSchema(ctx, subject, avroOf(v1))
	must(err)
	data := encode(first.ID, event)
	value, err := decode(data)
	step("round trip", value, err)
	versions, err := client.SubjectVersions(ctx, subject)
	step("versions after the first event", versions, err)
	again, err := client.CreateSchema(ctx, subject, avroOf(v1))
	step("same id again", again.ID == first.ID, err)
	found, err := client.LookupSchema(ctx, subject, avroOf(v1))
	step("same id without registering", found.ID == first.ID, err)
	_, err = client.LookupSchema(ctx, "unknown", avroOf(v1))
	step("unknown subject without registering", 0, err)
	_, err = client.LookupSchema(ctx, subject, avroOf(v2))
	step("unknown schema without registering", 0, err)
	newer, err := client.CreateSchema(ctx, subject, avroOf(v2))
	must(err)
	latest, err := client.SchemaByVersion(ctx, subject, -1)
	step("latest version is used", latest.ID == newer.ID, err)
	_, err = client.SchemaByVersion(ctx, "unknown", -1)
	step("latest version of an unknown subject", 0, err)
	value, err = resolved(data, v1, v2)
	step("old event for a new reader", value["pilot"], err)
	more := object{"pilot": "Li"}
	for name, part := range event {
		more[name] = part
	}
	value, err = resolved(encode(newer.ID, more), v2, v1)
	step("new event for an old reader", sameJSON(value, event), err)
	_, err = decode(append([]byte{0, 0, 15, 66, 63}, data[5:]...))
	step("unknown id", 0, err)
	key, err := client.CreateSchema(ctx, topic+"-key", avroOf("string"))
	step("keys", key.ID > 0, err)
}

func schemas() {
	latest, err := client.SchemaByVersion(ctx, subject, -1)
	step("latest", []any{latest.Subject, latest.Version, holds(latest.Schema.Schema, v2)}, err)
	byID, err := client.SchemaByID(ctx, latest.ID)
	step("by id", holds(byID.Schema, v2), err)
	body, err := client.SchemaTextByID(ctx, latest.ID)
	step("text by id", holds(body, v2), err)
	byGUID, err := client.SchemaByGUID(ctx, latest.GUID)
	step("by guid", holds(byGUID.Schema.Schema, v2), err)
	ids, err := client.SchemaIDsByGUID(ctx, latest.GUID)
	step("ids of a guid", len(ids) == 1 && ids[0].ID == latest.ID, err)
	byVersion, err := client.SchemaTextByVersion(ctx, subject, 1)
	step("by version", holds(byVersion, v1), err)
	found, err := client.LookupSchema(ctx, subject, avroOf(v1))
	step("looked up", found.Version, err)
	_, err = client.SubjectVersions(ctx, "unknown")
	step("unknown subject", 0, err)
	_, err = client.SchemaByVersion(ctx, subject, 77)
	step("unknown version", 0, err)
	_, err = client.LookupSchema(ctx, subject, avroOf(broken))
	step("unknown schema", 0, err)
	_, err = client.SchemaByGUID(ctx, "0b7a7e52-3f4c-2d6e-9b61-6d1c2a3f4e5b")
	step("unknown guid", 0, err)
	types, err := client.SupportedTypes(ctx)
	step("types", types, err)
	contexts, err := client.Contexts(ctx)
	step("contexts", contexts, err)
	subjects, err := client.SubjectsByID(ctx, latest.ID)
	step("subjects of an id", subjects, err)
	versions, err := client.SchemaVersionsByID(ctx, latest.ID)
	pairs := [][]any{}
	for _, one := range versions {
		pairs = append(pairs, []any{one.Subject, one.Version})
	}
	step("versions of an id", pairs, err)
	all, err := client.AllSchemas(sr.WithParams(ctx, sr.SubjectPrefix(subject)))
	step("all schemas", len(all), err)
	_, err = client.CreateSchema(ctx, subject, sr.Schema{Schema: `{"type":"recor"}`})
	step("no schema", 0, err)
	_, err = client.CreateSchema(ctx, "json", sr.Schema{Schema: "{}", Type: sr.TypeJSON})
	step("another language of schemas", 0, err)
}

func references() {
	address := "city.harbour.Address"
	must1(client.CreateSchema(ctx, address, avroOf(scenario["address"])))
	to := func(name string) sr.Schema {
		visit := avroOf(scenario["visit"])
		visit.References = []sr.SchemaReference{{Name: address, Subject: name, Version: 1}}
		return visit
	}
	visit := need(client.CreateSchema(ctx, "visit-value", to(address)))
	value, err := decode(encode(visit.ID, scenario["visitEvent"].(object)))
	step("round trip with a reference", value, err)
	byID, err := client.SchemaByID(ctx, visit.ID)
	r := byID.References[0]
	step("references of a schema", [][]any{{r.Name, r.Subject, r.Version}}, err)
	users, err := client.SchemaReferences(ctx, address, 1)
	step("referenced by", len(users) == 1 && users[0].ID == visit.ID, err)
	found, err := client.LookupSchema(ctx, "visit-value", to(address))
	step("looked up with its reference", found.Version, err)
	_, err = client.CreateSchema(ctx, "visit-value", to("unknown"))
	step("reference that is not there", 0, err)
	step("deletion of what is referred to", 0, client.DeleteSchema(ctx, address, 1, sr.SoftDelete))
}

func normalization() {
	one, other := avroOf(scenario["attributes"]), sr.Schema{Schema: reordered}
	normal := sr.WithParams(ctx, sr.Normalize)
	first := need(client.CreateSchema(normal, "normal", one))
	second, err := client.CreateSchema(normal, "normal", other)
	step("same id when normalised", second.ID == first.ID, err)
	found, err := client.LookupSchema(normal, "normal", other)
	step("looked up when normalised", found.Version, err)
	found, err = client.LookupSchema(ctx, "normal", sr.Schema{Schema: reordered})
	step("looked up as it is", found.Version, err)
	plain, err := client.CreateSchema(ctx, "plain", sr.Schema{Schema: reordered})
	step("another id as it is", plain.ID == first.ID, err)
}

// Go sorts the members of an object, so this one is written out.
const reordered = `{"type":"record","name":"Berth","fields":[{"name":"id","type":"string","unit":"m","place":"quay"}]}`

func compatibility() {
	check := func(name string, version int, schema object) sr.CheckCompatibilityResult {
		found, err := client.CheckCompatibility(sr.WithParams(ctx, sr.Verbose), subject, version, avroOf(schema))
		step(name, found.Is, err)
		return found
	}
	check("compatible", -1, v2)
	messages := check("incompatible", -1, broken).Messages
	step("messages of what is incompatible", messages, nil)
	check("incompatible with one version", 1, broken)
	found, err := client.CheckCompatibility(ctx, "unknown", -1, avroOf(v1))
	step("compatible with a subject that is not there", found.Is, err)
	_, err = client.CreateSchema(ctx, subject, avroOf(broken))
	step("registering what is incompatible", 0, err)
	level := func(name string, results []sr.CompatibilityResult) {
		step(name, results[0].Level.String(), results[0].Err)
	}
	level("global level", client.Compatibility(ctx, sr.GlobalSubject))
	level("level that is not set", client.Compatibility(ctx, subject))
	level("level by default", client.Compatibility(sr.WithParams(ctx, sr.DefaultToGlobal), subject))
	set := client.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatNone}, subject)
	level("level set", set)
	level("level as it was set", client.Compatibility(ctx, subject))
	made, err := client.CreateSchema(ctx, subject, avroOf(broken))
	step("registering where nothing is compared", made.ID > 0, err)
	must(client.DeleteSchema(ctx, subject, 3, sr.SoftDelete))
	must(client.DeleteSchema(ctx, subject, 3, sr.HardDelete))
	must(client.ResetCompatibility(ctx, subject)[0].Err)
	level("level after it was taken back", client.Compatibility(ctx, subject))
	values := func(name string, results []sr.CompatibilityResult) {
		step(name, []string{results[0].Level.String(), results[0].Group}, results[0].Err)
	}
	config := sr.SetCompatibility{Level: sr.CompatFull, Group: "application.major"}
	values("configuration set", client.SetCompatibility(ctx, config, "configured"))
	values("configuration as it was set", client.Compatibility(ctx, "configured"))
}

func modes() {
	mode := func(name string, results []sr.ModeResult) {
		step(name, results[0].Mode.String(), results[0].Err)
	}
	mode("global mode", client.Mode(ctx, sr.GlobalSubject))
	mode("mode that is not set", client.Mode(ctx, subject))
	must(client.SetMode(ctx, sr.ModeReadOnly, "closed-value")[0].Err)
	_, err := client.CreateSchema(ctx, "closed-value", avroOf(v1))
	step("registering where one may only read", 0, err)
	mode("mode taken back", client.ResetMode(ctx, "closed-value"))
	made, err := client.CreateSchema(ctx, "closed-value", avroOf(v1))
	step("registering again", made.ID > 0, err)
}

func deletions() {
	must1(client.CreateSchema(ctx, "gone", avroOf(v1)))
	must1(client.CreateSchema(ctx, "gone", avroOf(v2)))
	version := func(name string, how sr.DeleteHow) {
		step(name, 1, client.DeleteSchema(ctx, "gone", 1, how))
	}
	whole := func(name, subject string, how sr.DeleteHow) {
		versions, err := client.DeleteSubject(ctx, subject, how)
		step(name, versions, err)
	}
	has := func(name string, ctx2 sr.Param) {
		subjects, err := client.Subjects(sr.WithParams(ctx, ctx2))
		step(name, slices.Contains(subjects, "gone"), err)
	}
	version("permanent before soft", sr.HardDelete)
	version("soft", sr.SoftDelete)
	version("soft again", sr.SoftDelete)
	versions, err := client.SubjectVersions(ctx, "gone")
	step("versions left", versions, err)
	deleted, err := client.SchemaByVersion(sr.WithParams(ctx, sr.ShowDeleted), "gone", 1)
	step("deleted but asked for", deleted.Version, err)
	version("permanent", sr.HardDelete)
	whole("deletion of an unknown subject", "unknown", sr.HardDelete)
	whole("subject soft", "gone", sr.SoftDelete)
	whole("subject soft again", "gone", sr.SoftDelete)
	has("subjects with the deleted", sr.ShowDeleted)
	has("subjects without the deleted", sr.Param{})
	again, err := client.CreateSchema(ctx, "gone", avroOf(v1))
	step("version after a deletion", again.Version, err)
	whole("subject permanent before soft", "gone", sr.HardDelete)
	whole("subject soft with its new version", "gone", sr.SoftDelete)
	whole("subject permanent", "gone", sr.HardDelete)
	has("subjects at last", sr.ShowDeleted)
}

func names() {
	odd := scenario["oddSubject"].(string)
	made, err := client.CreateSchema(ctx, odd, avroOf(v1))
	step("odd name", made.Subject, err)
	list, err := client.Subjects(sr.WithParams(ctx, sr.SubjectPrefix("harbour/")))
	step("odd name in the list", slices.Equal(list, []string{odd}), err)
	subjects, err := client.SubjectsByID(ctx, made.ID)
	step("odd name of an id", slices.Contains(subjects, odd), err)
	found, err := client.CheckCompatibility(ctx, odd, -1, avroOf(v2))
	step("odd name compared", found.Is, err)
	set := client.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatFull}, odd)[0]
	step("odd name configured", set.Level.String(), set.Err)
	versions, err := client.DeleteSubject(ctx, odd, sr.SoftDelete)
	step("odd name deleted", versions, err)
	list, err = client.Subjects(sr.WithParams(ctx, sr.SubjectPrefix("nobody")))
	step("strange prefix", list, err)
}

func atOnce() {
	schema := object{}
	for name, value := range v1 {
		schema[name] = value
	}
	schema["name"] = "AtOnce"
	var group sync.WaitGroup
	var lock sync.Mutex
	ids := map[int]bool{}
	for range 64 {
		group.Add(1)
		go func() {
			defer group.Done()
			made := need(client.CreateSchema(ctx, "at-once", avroOf(schema)))
			lock.Lock()
			defer lock.Unlock()
			ids[made.ID] = true
		}()
	}
	group.Wait()
	step("ids of many at once", len(ids), nil)
	versions, err := client.SubjectVersions(ctx, "at-once")
	step("versions of many at once", versions, err)
}

func must1[T any](_ T, err error) { must(err) }

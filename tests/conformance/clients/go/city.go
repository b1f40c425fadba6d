package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"os"
	"strconv"

	"github.com/twmb/franz-go/pkg/sr"
)

// What a program of an agency does with the city's registry, as one who publishes or one who reads a view.
func city(role string) {
	subject := os.Getenv("TOPIC") + "-value"
	wrong := need(sr.NewClient(sr.URLs(os.Getenv("REGISTRY_URL")), sr.BasicAuth(os.Getenv("CLIENT_ID"), "wrong")))
	_, err := wrong.Subjects(ctx)
	step("with a wrong secret", 0, err)
	subjects, err := client.Subjects(ctx)
	step("subjects", subjects, err)
	if role == "subscribe" {
		event := need(base64.StdEncoding.DecodeString(os.Getenv("EVENT")))
		value, err := decode(event)
		step("event", value, err)
		binary.BigEndian.PutUint32(event[1:], uint32(need(strconv.Atoi(os.Getenv("OTHER_ID")))))
		_, err = decode(event)
		step("event with the id of another's schema", 0, err)
		_, err = client.CreateSchema(ctx, subject, avroOf("string"))
		step("writing the view's subject", 0, err)
		return
	}
	latest := need(client.SchemaByVersion(ctx, subject, -1))
	var bare any
	must(json.Unmarshal([]byte(os.Getenv("BARE")), &bare))
	found, err := client.CreateSchema(ctx, subject, avroOf(bare))
	step("id without docs and attributes", found.ID == latest.ID, err)
	level := client.Compatibility(ctx, subject)[0]
	step("level", level.Level.String(), level.Err)
	level = client.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatNone}, subject)[0]
	step("another level", level.Level.String(), level.Err)
	_, err = client.DeleteSubject(ctx, subject, sr.SoftDelete)
	step("deletion", 0, err)
}

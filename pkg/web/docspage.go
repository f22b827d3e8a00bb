package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// The types below are what the template of the page shows.
type (
	docContents struct {
		Title, Version, Description, Language, Other string
		Words                                        map[string]string
		Groups                                       []docGroup
		Faults                                       []docFault
	}
	docGroup struct {
		Tag        string
		Operations []docOperation
	}
	docOperation struct {
		ID, Method, Path, Summary, Description, Who string
		Parameters                                  []docField
		BodyType                                    string
		Body                                        []docField
		AnswerStatus                                int
		Answer                                      []docField
		Faults                                      []docFault
		Curl                                        string
	}
	docField struct {
		Name, Place, Type, Limits, Description string
		Required                               bool
	}
	docFault struct {
		Code   string
		Status int
		Text   string
	}
)

func (d *docs) contents(language string) docContents {
	contents := docContents{
		Title: d.api.options.Title, Version: d.api.options.Version, Description: d.api.options.Description,
		Language: language, Other: English, Words: docWords(language),
	}
	if language == English {
		contents.Other = Vietnamese
	}
	groups := map[string]*docGroup{}
	document := d.api.huma.OpenAPI()
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		operations := operationsOf(document.Paths[path])
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			op := operations[method]
			tag := "other"
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			if groups[tag] == nil {
				groups[tag] = &docGroup{Tag: tag}
			}
			groups[tag].Operations = append(groups[tag].Operations, d.operation(op, contents.Words, language))
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(groups)) {
		contents.Groups = append(contents.Groups, *groups[tag])
	}
	for _, code := range slices.Sorted(maps.Keys(d.faults)) {
		contents.Faults = append(contents.Faults, d.fault(code, language))
	}
	return contents
}

func (d *docs) fault(code, language string) docFault {
	definition := d.faults[code]
	if definition == nil {
		return docFault{Code: code}
	}
	return docFault{Code: code, Status: definition.Status, Text: text(definition, language)}
}

func (d *docs) operation(op *huma.Operation, words map[string]string, language string) docOperation {
	shown := docOperation{
		ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description, Who: who(op, words),
	}
	fields := &fieldList{registry: d.api.huma.OpenAPI().Components.Schemas, language: language}
	for _, parameter := range op.Parameters {
		shown.Parameters = append(shown.Parameters, docField{
			Name: parameter.Name, Place: parameter.In, Type: fields.typeOf(parameter.Schema), Limits: limits(parameter.Schema, language),
			Description: parameter.Description, Required: parameter.Required,
		})
	}
	if op.RequestBody != nil {
		for _, mediaType := range slices.Sorted(maps.Keys(op.RequestBody.Content)) {
			shown.BodyType = mediaType
			shown.Body = fields.list(op.RequestBody.Content[mediaType].Schema)
			break
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		response := op.Responses[status]
		if codes, ok := response.Extensions[codesExtension].([]string); ok {
			for _, code := range codes {
				shown.Faults = append(shown.Faults, d.fault(code, language))
			}
			continue
		}
		shown.AnswerStatus, _ = strconv.Atoi(status) // "default" shows as 0
		if content := response.Content[jsonType]; content != nil {
			shown.Answer = fields.list(content.Schema)
		}
	}
	shown.Curl = curl(op, fields)
	return shown
}

// who says in words who may call.
func who(op *huma.Operation, words map[string]string) string {
	access, _ := op.Extensions[accessExtension].(map[string]any)
	if anonymous, _ := access["anonymous"].(bool); anonymous {
		return words["everybody"]
	}
	said := words["signedIn"]
	if groups, _ := access["groups"].([]string); len(groups) > 0 {
		said = strings.Join(groups, ", ")
	}
	if scope, _ := access["scope"].(string); scope != "" {
		said += " · " + words["area"] + " " + scope
	}
	return said
}

// curl writes a call that can be pasted once $BASE and $TOKEN are set.
func curl(op *huma.Operation, fields *fieldList) string {
	lines := []string{`curl "$BASE` + op.Path + `"`}
	if op.Method != http.MethodGet {
		lines[0] = "curl -X " + op.Method + ` "$BASE` + op.Path + `"`
	}
	if len(op.Security) > 0 {
		lines = append(lines, `-H "Authorization: Bearer $TOKEN"`)
	}
	if unsafeMethod(op.Method) {
		lines = append(lines, `-H "Idempotency-Key: $(uuidgen)"`)
	}
	for _, parameter := range op.Parameters {
		if strings.EqualFold(parameter.Name, "If-Match") {
			lines = append(lines, `-H 'If-Match: "v1"'`)
		}
	}
	if op.RequestBody != nil {
		if content := op.RequestBody.Content[jsonType]; content != nil {
			body, err := json.MarshalIndent(fields.sample(content.Schema, 0), "    ", "  ")
			if err == nil {
				lines = append(lines, `-H "Content-Type: application/json"`, "-d '"+strings.ReplaceAll(string(body), "'", `'\''`)+"'")
			}
		} else if content := op.RequestBody.Content[multipartType]; content != nil && content.Schema != nil {
			for _, name := range slices.Sorted(maps.Keys(content.Schema.Properties)) {
				lines = append(lines, fmt.Sprintf("-F %s=…", name))
			}
		}
	}
	return strings.Join(lines, " \\\n  ")
}

func docWords(language string) map[string]string {
	if language == English {
		return map[string]string{
			"search": "Search", "everybody": "everybody", "signedIn": "any signed-in caller", "area": "API key area", "who": "Who may call",
			"parameters": "Parameters", "body": "Body", "answer": "Answer", "refusals": "Refusals", "name": "Name", "type": "Type", "meaning": "Meaning",
			"required": "required", "allRefusals": "All refusals", "example": "Example", "other": "Tiếng Việt", "skip": "Skip to the operations", "status": "Status", "code": "Code",
			"empty": "No body.", "nothing": "Nothing found.",
		}
	}
	return map[string]string{
		"search": "Tìm", "everybody": "mọi người", "signedIn": "mọi tài khoản đã đăng nhập", "area": "phạm vi khoá API", "who": "Ai được gọi",
		"parameters": "Tham số", "body": "Nội dung gửi", "answer": "Trả lời", "refusals": "Các lý do từ chối", "name": "Tên", "type": "Kiểu", "meaning": "Ý nghĩa",
		"required": "bắt buộc", "allRefusals": "Mọi lý do từ chối", "example": "Ví dụ", "other": "English", "skip": "Đến danh sách", "status": "Trạng thái", "code": "Mã",
		"empty": "Không có nội dung.", "nothing": "Không tìm thấy.",
	}
}

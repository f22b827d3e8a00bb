package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/ocop-market/ocop/services/exchange"
)

// client calls the marketplace's API for commands that work on a server elsewhere.
type client struct {
	ctx     context.Context //nolint:containedctx // lives as long as one command
	address string
	token   string
}

// clientPatience bounds one request: a file of ten megabytes over a weak line included.
const clientPatience = 10 * time.Minute

// maxAnswer bounds what is read of an answer that must fit into memory.
const maxAnswer = 4 << 20

// call sends a JSON request and reads the answer.
func (m *client) call(method, path string, body, answer any) error {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("writing a request: %w", err)
		}
		sent = bytes.NewReader(text)
	}
	return m.do(method, path, "application/json", sent, func(read io.Reader) error {
		if err := json.NewDecoder(io.LimitReader(read, maxAnswer)).Decode(answer); err != nil {
			return fmt.Errorf("reading the answer: %w", err)
		}
		return nil
	})
}

// sendFile begins an import. The form streams: the file is not held in memory.
func (m *client) sendFile(name string, content io.Reader, fields map[string]string) (exchange.Import, error) {
	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() {
		var err error
		for field, value := range fields {
			if value != "" && err == nil {
				err = form.WriteField(field, value)
			}
		}
		var part io.Writer
		if err == nil {
			part, err = form.CreateFormFile("file", name)
		}
		if err == nil {
			_, err = io.Copy(part, content)
		}
		write.CloseWithError(errors.Join(err, form.Close()))
	}()
	var begun exchange.Import
	err := m.do(http.MethodPost, "/v1/imports", form.FormDataContentType(), read, func(answer io.Reader) error {
		return json.NewDecoder(io.LimitReader(answer, maxAnswer)).Decode(&begun)
	})
	_ = read.Close() // ends the writer of a request that was refused early
	return begun, err
}

// fetch writes an answer into a file.
func (m *client) fetch(path, where string) error {
	return m.do(http.MethodGet, path, "", nil, func(read io.Reader) error {
		file, err := os.Create(where)
		if err != nil {
			return fmt.Errorf("writing the result: %w", err)
		}
		_, err = io.Copy(file, read)
		if err = errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("writing the result: %w", err)
		}
		return nil
	})
}

func (m *client) do(method, path, contentType string, body io.Reader, answer func(read io.Reader) error) error {
	ctx, cancel := context.WithTimeout(m.ctx, clientPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, m.address+path, body)
	if err != nil {
		return fmt.Errorf("the address of the marketplace: %w", err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	request.Header.Set("Accept-Language", "en")
	if m.token != "" {
		request.Header.Set("Authorization", "Bearer "+m.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the marketplace cannot be reached: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // what matters was read
	if response.StatusCode >= http.StatusBadRequest {
		text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if err != nil {
			return fmt.Errorf("the marketplace answers %s: %w", response.Status, err)
		}
		return problemOf(response.Status, text)
	}
	return answer(response.Body)
}

// isTerminal reports whether somebody watches what is written.
func isTerminal(to io.Writer) bool {
	file, ok := to.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

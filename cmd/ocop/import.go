package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/ocop-market/ocop/services/exchange"
)

type importCommand struct {
	File     string `arg:"" help:"CSV file or Excel workbook (.xlsx) with products or offers, or with receipts." placeholder:"FILE"`
	URL      string `default:"http://127.0.0.1:8080" env:"OCOP_URL" help:"Address of the marketplace." name:"url" placeholder:"URL"`
	As       string `help:"E-mail address or phone number to sign in with; the password is asked for, or read from stdin." placeholder:"LOGIN" xor:"who"`
	APIKey   string `env:"OCOP_API_KEY" help:"API key with the scope supply:write, or trade:write for receipts, instead of signing in." name:"api-key" placeholder:"KEY" xor:"who"`
	Password string `env:"OCOP_PASSWORD" help:"Only through the environment: command lines are seen by everybody." hidden:""`
	Kind     string `enum:"products,offers,receipts," default:"" help:"What the rows are; when left out guessed from the headings, and receipts for a buyer." placeholder:"products|offers|receipts"`
	DryRun   bool   `help:"Find what would happen and change nothing."`
	Result   string `help:"Where to write the file with what became of each row; beside FILE when left out, and only when rows were refused." placeholder:"FILE"`
}

// Help implements kong.HelpProvider.
func (*importCommand) Help() string {
	return `The marketplace reads the file row by row; a row that is refused refuses only itself, and the same file twice changes nothing.
Templates: GET /v1/imports/templates/products.xlsx, offers.xlsx and receipts.xlsx.

Exit codes: 0 every row went through, 1 the import failed or was stopped, 2 the command line is wrong, 3 rows were refused: see the result.`
}

// pollEvery is how often the progress is asked for.
const pollEvery = 300 * time.Millisecond

// Run sends the file, follows the import to its end and fetches the result.
func (c *importCommand) Run(t terminal) error {
	if c.As == "" && c.APIKey == "" {
		return usageError{errors.New("say who you are: --as LOGIN or --api-key KEY")}
	}
	content, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	defer func() { _ = content.Close() }() // only read from
	market := &client{ctx: t.ctx, address: strings.TrimRight(c.URL, "/"), token: c.APIKey}
	if c.APIKey == "" {
		if err := c.signIn(t, market); err != nil {
			return err
		}
	}
	begun, err := market.sendFile(filepath.Base(c.File), content, map[string]string{"kind": c.Kind, "dry_run": flag(c.DryRun)})
	if err != nil {
		return err
	}
	ended, err := c.follow(t, market, begun)
	if err != nil {
		return err
	}
	return c.conclude(t, market, ended)
}

func flag(set bool) string {
	if set {
		return "true"
	}
	return ""
}

func (c *importCommand) signIn(t terminal, market *client) error {
	password := c.Password
	if password == "" {
		var err error
		if password, err = readPassword(t); err != nil {
			return err
		}
	}
	var session struct {
		Token string `json:"token"`
	}
	err := market.call("POST", "/v1/sessions", map[string]string{"login": c.As, "password": password}, &session)
	market.token = session.Token
	return err
}

// follow shows the progress until the import has ended. Whoever interrupts it stops watching, not
// the import.
func (c *importCommand) follow(t terminal, market *client, begun exchange.Import) (exchange.Import, error) {
	for _, heading := range begun.UnknownHeadings {
		fmt.Fprintf(t.err, "Column «%s» is not understood and not read.\n", heading)
	}
	bar := progressbar.NewOptions(begun.Progress.Total, progressbar.OptionSetWriter(t.err), progressbar.OptionSetDescription(string(begun.Kind)),
		progressbar.OptionSetVisibility(isTerminal(t.err)), progressbar.OptionShowCount(), progressbar.OptionThrottle(pollEvery/2), progressbar.OptionClearOnFinish())
	turn := time.NewTicker(pollEvery)
	defer turn.Stop()
	now := begun
	for now.FinishedAt == nil {
		select {
		case <-turn.C:
		case <-t.ctx.Done():
			return now, fmt.Errorf("no longer watching; the import goes on: %s/v1/imports/%s", market.address, begun.ID)
		}
		if err := market.call("GET", "/v1/imports/"+begun.ID.String(), nil, &now); err != nil {
			return now, err
		}
		_ = bar.Set(now.Progress.Done) // a bar that cannot be drawn stops nothing
	}
	_ = bar.Finish()
	return now, nil
}

// conclude says what became of the rows, writes the result where it is wanted, and makes the exit code.
func (c *importCommand) conclude(t terminal, market *client, ended exchange.Import) error {
	would := ""
	if ended.DryRun {
		would = "would be "
	}
	fmt.Fprintf(t.out, "%s: %d rows %s%d created, %d updated, %d unchanged, %d refused.\n", ended.Kind, ended.Progress.Done, would,
		ended.Counts.Created, ended.Counts.Updated, ended.Counts.Unchanged, ended.Counts.Refused)
	for _, refusal := range ended.Refusals {
		for _, complaint := range refusal.Errors {
			fmt.Fprintf(t.err, "row %d: %s: %s\n", refusal.Row, complaint.Heading, complaint.ReasonEN)
		}
	}
	where := c.Result
	if where == "" && ended.Counts.Refused > 0 {
		where = strings.TrimSuffix(c.File, filepath.Ext(c.File)) + "-result." + string(ended.Format)
	}
	if where != "" {
		if err := market.fetch("/v1/imports/"+ended.ID.String()+"/result", where); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "What became of each row: %s\n", where)
	}
	switch {
	case ended.State == exchange.Failed && ended.Reason != nil:
		return fmt.Errorf("the import failed after %d rows: %s", ended.Progress.Done, ended.Reason.ReasonEN)
	case ended.State != exchange.Done:
		return fmt.Errorf("the import is %s after %d rows", ended.State, ended.Progress.Done)
	case ended.Counts.Refused > 0:
		return exitError(exitRefused)
	}
	return nil
}

// exitRefused says that everything worked and some rows were refused.
const exitRefused = 3

// problemOf makes an error of a problem document: its detail and what it says of each field.
func problemOf(status string, body []byte) error {
	var problem struct {
		Detail string `json:"detail"`
		Errors []struct {
			Field  string `json:"field"`
			Detail string `json:"detail"`
		} `json:"errors"`
	}
	if err := json.Unmarshal(body, &problem); err != nil || problem.Detail == "" {
		return fmt.Errorf("the marketplace answers %s", status)
	}
	texts := []string{problem.Detail}
	for _, each := range problem.Errors {
		if each.Detail != problem.Detail {
			texts = append(texts, each.Field+": "+each.Detail)
		}
	}
	return errors.New(strings.Join(texts, " "))
}

package inquiry

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/web"
)

const htmlType = "text/html"

type checkInput struct {
	Code   string    `path:"code" doc:"32 letters and digits; the QR code of the paper leads here."`
	Digest string    `query:"digest" maxLength:"100" doc:"As read off the paper, to be confirmed."`
	Value  money.VND `query:"value_vnd" minimum:"0" doc:"As read off the paper, to be confirmed: also with its thousands parted. It is never told."`
}

func mountContractCheck(api *web.API, service *Service) {
	page := newContractPage(service.book)
	api.Raw(web.Operation{
		ID: "check-contract", Method: http.MethodGet, Path: "/v1/contracts/{code}", Tag: tag, Access: web.Access{Anonymous: true},
		Summary: "Check the summary of an award that you hold",
		Description: "Whoever has the code has the paper: it cannot be guessed. The answer tells what is on the paper, without its prices, and where the " +
			"award stands now. Send the digest and the value you read to have them confirmed. Browsers get the same as a page, in Vietnamese and English.",
		Produces: []string{jsonType, htmlType}, Input: checkInput{},
		Faults: []*fault.Definition{fault.ErrNotFound, fault.ErrTooLong, fault.ErrOutOfRange},
	}, ContractCheck{}, func(c *gin.Context) { service.sendCheck(c, page) })
}

// sendCheck answers whoever holds a code, browsers with a page. Nobody keeps the answer, and no site
// that is visited next learns the code.
func (s *Service) sendCheck(c *gin.Context, page *contractPage) {
	c.Header("Cache-Control", "private, no-store")
	c.Header("Referrer-Policy", "no-referrer")
	c.Writer.Header().Add("Vary", "Accept")
	read, err := readingOf(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	check, err := s.CheckContract(c.Request.Context(), c.Param("code"), read)
	missing := errors.Is(err, fault.ErrNotFound)
	switch {
	case web.Accepted(c.Request, jsonType, htmlType) == htmlType && (err == nil || missing):
		page.send(c, check, missing)
	case err != nil:
		web.Fail(c, err)
	default:
		c.JSON(http.StatusOK, check)
	}
}

func (p *contractPage) send(c *gin.Context, check ContractCheck, missing bool) {
	status, draw := http.StatusOK, func() ([]byte, error) { return p.found(check, c.Query("digest"), c.Query("value_vnd")) }
	if missing {
		status, draw = http.StatusNotFound, p.missing
	}
	drawn, err := draw()
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.Header("Content-Security-Policy", p.policy)
	c.Header("Content-Language", "vi, en")
	c.Data(status, htmlType+"; charset=utf-8", drawn)
}

// maxReading is how long a digest may be, blanks included.
const maxReading = 100

// readingOf reads what somebody read off a paper. A value may be written as it stands there.
func readingOf(c *gin.Context) (Reading, error) {
	var complaints fault.Collector
	read := Reading{Digest: c.Query("digest")}
	if utf8.RuneCountInString(read.Digest) > maxReading {
		complaints.Add("query.digest", fault.ErrTooLong, "max", maxReading)
	}
	parted := strings.NewReplacer(".", "", ",", "", " ", "", "\u00a0", "", "₫", "", "đ", "")
	if text := parted.Replace(c.Query("value_vnd")); text != "" {
		value, err := strconv.ParseInt(text, 10, 64)
		if err != nil || value < 0 {
			complaints.Add("query.value_vnd", fault.ErrOutOfRange, "min", 0, "max", int64(math.MaxInt64))
		}
		read.ValueVND = money.VND(value)
	}
	return read, complaints.Err()
}

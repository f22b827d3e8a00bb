package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
)

func TestErrorsAreFoundByDefinition(t *testing.T) {
	t.Parallel()
	cause := errors.New("the cause")
	err := fmt.Errorf("outside: %w", fault.ErrTooLong.At("name", "max", 5).Because(cause))
	require.ErrorIs(t, err, fault.ErrTooLong)
	require.NotErrorIs(t, err, fault.ErrRequired)
	require.ErrorIs(t, err, cause)
	refusal, ok := fault.From(err)
	require.True(t, ok)
	require.Equal(t, "name", refusal.Fields[0].Pointer)
	require.Equal(t, "Longer than 5 characters.", fault.Fill(refusal.English, refusal.Params))

	bare, ok := fault.From(fmt.Errorf("outside: %w", fault.ErrNotFound))
	require.True(t, ok, "a definition returned as it is counts as a refusal")
	require.Equal(t, fault.ErrNotFound, bare.Definition)
	_, ok = fault.From(cause)
	require.False(t, ok)
}

func TestCollectorGathersEverything(t *testing.T) {
	t.Parallel()
	var none fault.Collector
	require.NoError(t, none.Err())
	require.NoError(t, none.Merge("x", nil))

	var one fault.Collector
	one.Add("name", fault.ErrRequired)
	require.ErrorIs(t, one.Err(), fault.ErrRequired, "one complaint keeps its own code")

	var several fault.Collector
	several.Add("name", fault.ErrRequired)
	require.NoError(t, several.Merge("lines[0]", fault.ErrOutOfRange.At("quantity", "min", 1, "max", 2)))
	require.NoError(t, several.Merge("lines[1]", fault.ErrRequired.With()))
	err := several.Err()
	require.ErrorIs(t, err, fault.ErrInvalid)
	refusal, _ := fault.From(err)
	pointers := make([]string, 0, 3)
	for _, field := range refusal.Fields {
		pointers = append(pointers, field.Pointer)
	}
	require.Equal(t, []string{"name", "lines[0].quantity", "lines[1]"}, pointers)

	accident := errors.New("accident")
	require.Equal(t, accident, several.Merge("x", accident), "what is no refusal is handed back")
}

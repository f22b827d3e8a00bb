package ledger

import "time"

// Impatient has questions wait for the image no longer than that.
func (i *Image) Impatient(patience time.Duration) { i.patience = patience }

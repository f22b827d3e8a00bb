package notify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

// The parties of a memorandum are told what another did with it, once, and nobody else is.
func TestPartiesOfAMemorandumAreTold(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	service := trade.NewService(m.db, m.lent.Book)
	producer, buyer := m.organisation(identity.Producer, "Hợp tác xã A (hư cấu)"), m.organisation(identity.Buyer, "Siêu thị C (hư cấu)")
	stranger := m.organisation(identity.Buyer, "Siêu thị D (hư cấu)")
	record := func(who identity.Principal, to trade.Party) trade.Memorandum {
		made, err := service.RecordMemorandum(ctx, who, trade.NewMemorandum{
			Producer: trade.Party{ID: producer.OrganisationID}, Buyer: to, SignedOn: m.today(), TermTo: m.today().AddDays(30),
			Lines: []trade.NewMemorandumLine{{Goods: trade.Goods{Line: "black_tiger_shrimp", Quantity: quantity.Of(10), Unit: "kg"}}},
		})
		require.NoError(t, err)
		return made
	}
	made := record(producer, trade.Party{ID: buyer.OrganisationID})
	m.follow()
	m.follow()
	require.Equal(t, []string{"memorandum_recorded"}, m.heard(buyer))
	require.Empty(t, m.heard(producer), "who did it knows")
	notice := m.notices(buyer, "vi")[0]
	require.Contains(t, notice.Text, "với Hợp tác xã A (hư cấu) đã được ghi nhận")
	require.Equal(t, made.ID, *notice.MemorandumID)
	_, err := service.MoveMemorandum(ctx, buyer, made.ID, nil, trade.MoveContest, "sai khối lượng.")
	require.NoError(t, err)
	m.follow()
	require.Equal(t, []string{"memorandum_contested"}, m.heard(producer))
	require.Contains(t, m.notices(producer, "en")[0].Text, "Reason: sai khối lượng. Who entered it")
	_, err = service.MoveMemorandum(ctx, buyer, made.ID, nil, trade.MoveConfirm, "")
	require.NoError(t, err)
	m.follow()
	require.Equal(t, "Siêu thị C (hư cấu) đã xác nhận biên bản ghi nhớ", m.notices(producer, "vi")[0].Title)

	amend := func(who identity.Principal, note string) trade.Memorandum {
		amended, err := service.AmendMemorandum(ctx, who, made.ID, nil, trade.MemorandumChange{Note: &note})
		require.NoError(t, err)
		m.follow()
		return amended
	}
	decide := func(who identity.Principal, version int, outcome trade.AmendmentOutcome) {
		_, err := service.DecideAmendment(ctx, who, made.ID, version, outcome, "vẫn như cũ.")
		require.NoError(t, err)
		m.follow()
	}
	amend(producer, "một")
	require.Equal(t, "Hợp tác xã A (hư cấu) đề nghị sửa biên bản ghi nhớ", m.notices(buyer, "vi")[0].Title)
	decide(buyer, 2, trade.Refused)
	require.Contains(t, m.notices(producer, "en")[0].Text, "what it says now stands. Reason: vẫn như cũ.")
	amend(buyer, "hai")
	decide(buyer, 3, trade.TakenBack)
	require.Equal(t, "Siêu thị C (hư cấu) took back the proposed change of the memorandum", m.notices(producer, "en")[0].Title)
	amend(buyer, "ba")
	decide(producer, 4, trade.Agreed)
	require.Equal(t, "memorandum_amendment_agreed", m.notices(buyer, "vi")[0].Kind)
	require.Equal(t, []string{"memorandum_recorded", "memorandum_amendment_proposed", "memorandum_amendment_agreed"}, m.heard(buyer))

	waiting := record(producer, trade.Party{ID: buyer.OrganisationID})
	_, err = service.AmendMemorandum(ctx, producer, waiting.ID, nil, trade.MemorandumChange{Number: new("02/BBGN")})
	require.NoError(t, err)
	m.follow()
	require.Equal(t, "memorandum_amended", m.notices(buyer, "vi")[0].Kind)

	record(official(), trade.Party{Name: "Chuỗi ngoài sàn"})
	m.follow()
	require.Contains(t, m.notices(producer, "en")[0].Text, "A memorandum with Chuỗi ngoài sàn was entered.")
	require.Empty(t, m.heard(stranger))
}

package demonstration_test
import ("testing";"context";"os";"time";"strings";"github.com/stretchr/testify/require"
"github.com/ocop-market/ocop/pkg/civil";"github.com/google/uuid"
"github.com/ocop-market/ocop/services/catalog";"github.com/ocop-market/ocop/services/demonstration";"github.com/ocop-market/ocop/services/reference/referencetest")
func TestBig(t *testing.T){
 d:=referencetest.Lend(t);ctx:=context.Background()
 t0:=time.Now()
 require.NoError(t,demonstration.Generate(ctx,demonstration.Deps{DB:d.App,Owner:d.Owner,Now:time.Now()},demonstration.Sizes{Products:20000},os.Stderr))
 t.Log("products",time.Since(t0)); t0=time.Now()
 var id uuid.UUID; require.NoError(t,d.App.Get(ctx,&id,"select id from catalog.products limit 1"))
 for range 3 { t0=time.Now(); _,err:=catalog.MarksTx(ctx,d.App,[]uuid.UUID{id},civil.New(2026,11,23)); t.Log("marks",time.Since(t0),err) }
 var lines []string
 require.NoError(t,d.App.Select(ctx,&lines,"explain analyze SELECT m.product_id, array_agg(DISTINCT m.scheme ORDER BY m.scheme) AS schemes FROM catalog.marks(CAST('2026-11-23' AS date)) m WHERE m.product_id = ANY (ARRAY['"+id.String()+"'::uuid]) GROUP BY m.product_id"))
 t.Log(strings.Join(lines,"\n"))
 t0=time.Now()
 require.NoError(t,demonstration.Generate(ctx,demonstration.Deps{DB:d.App,Owner:d.Owner,Now:time.Now()},demonstration.Sizes{Inquiries:2000,Postings:72000},os.Stderr))
 t.Log("trade",time.Since(t0))
}

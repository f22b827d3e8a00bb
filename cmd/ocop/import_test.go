package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHelpOfImport(t *testing.T) {
	t.Parallel()
	ran := ocop(t, nil, "", "import", "--help")
	require.Equal(t, 0, ran.code, ran.errors)
	golden(t, "cmd/ocop/testdata/import_help.txt", ran.out, "UPDATE_GOLDEN=1 go test ./cmd/ocop -run TestHelpOfImport")
}

// TestImportCommand imports as a clerk would: tries, imports, mends what was refused and imports
// the result.
func TestImportCommand(t *testing.T) {
	t.Parallel()
	server := demonstrated(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "hàng.csv")
	list := "Mã hàng;Tên sản phẩm;Ngành hàng;Dạng;giống;Lạ\nCLI-1;Gạo thử (hư cấu);gạo;gạo trắng;ST25;\nCLI-2;Gạo thử hai (hư cấu);gạo;gạo đỏ;ST24;\n"
	require.NoError(t, os.WriteFile(file, []byte(list), 0o600))
	run := func(args ...string) ran {
		return ocop(t, nil, "demonstration-only\n", append([]string{"import", "--url", "http://" + server.address, "--as", "producer3@ocop.example"}, args...)...)
	}
	tried := run("--dry-run", "--result", filepath.Join(folder, "tried.csv"), file)
	require.Equal(t, exitRefused, tried.code, tried.out+tried.errors)
	require.Contains(t, tried.out, "products: 2 rows would be 1 created, 0 updated, 0 unchanged, 1 refused.")
	require.Contains(t, tried.errors, "Column «Lạ» is not understood")
	require.Contains(t, tried.errors, "row 3: Dạng: There is no “gạo đỏ”. Use one of: gạo trắng, gạo lứt.")

	done := run(file)
	require.Equal(t, exitRefused, done.code, done.out+done.errors)
	require.Contains(t, done.out, "1 created, 0 updated, 0 unchanged, 1 refused.")
	result, err := os.ReadFile(filepath.Join(folder, "hàng-result.csv"))
	require.NoError(t, err)
	require.Contains(t, string(result), "CLI-2;Gạo thử hai (hư cấu);gạo;gạo đỏ;ST24;;từ chối;Dạng: Không có «gạo đỏ».")

	require.NoError(t, os.WriteFile(file, []byte(list[:len(list)-len("CLI-2;Gạo thử hai (hư cấu);gạo;gạo đỏ;ST24;\n")]), 0o600))
	again := run(file)
	require.Equal(t, exitFine, again.code, again.out+again.errors)
	require.Contains(t, again.out, "0 created, 0 updated, 1 unchanged, 0 refused.")

	require.NoError(t, os.WriteFile(file, []byte("x;y\n1;2\n"), 0o600))
	refused := run(file)
	require.Equal(t, exitFailed, refused.code)
	require.Contains(t, refused.errors, "There is no row of headings")
	require.Equal(t, exitUsage, ocop(t, nil, "", "import", file).code, "nobody knows who it is")
	require.NoError(t, os.WriteFile(file, []byte("Mã chuyến giao;Số nhận\nPX-000;5\n"), 0o600))
	buyer := ocop(t, nil, "demonstration-only\n", "import", "--url", "http://"+server.address, "--as", "buyer@ocop.example", "--dry-run", file)
	require.Equal(t, exitRefused, buyer.code, buyer.out+buyer.errors)
	require.Contains(t, buyer.out, "receipts: 1 rows would be 0 created, 0 updated, 0 unchanged, 1 refused.")
	require.Contains(t, buyer.errors, "row 2: Mã chuyến giao: No delivery “PX-000” has left for you.")
	nobody := ocop(t, nil, "wrong\n", "import", "--url", "http://"+server.address, "--as", "producer3@ocop.example", file)
	require.Equal(t, exitFailed, nobody.code)
}

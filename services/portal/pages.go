package portal

import (
	"context"
	"strings"

	"github.com/ocop-market/ocop/services/reference"
)

// page is something to be read at an address.
type page struct {
	path string
	// title heads the page and stands in the menu.
	title reference.Names
	// under is the heading of the menu that it stands under; zero: it is not in the menu.
	under reference.Names
	// groups are who it is for, as [identity.Principal.Groups] names them; nil: everybody, signed in or not.
	groups []string
	// live says that the page shows when what it tells has moved.
	live bool
	// show sets what stands on the page. With an error the page says why, above what was set by then: a form whose
	// entries were refused is shown again.
	show func(ctx context.Context, s *Service, v *visit) error
	// csv makes the page's table as a file, at the page's address with .csv behind it; nil: there is none.
	csv func(ctx context.Context, s *Service, v *visit) ([]byte, error)
	// acts are what its forms do, by the names that they send.
	acts map[string]act
}

// csvEnding stands behind the address of a page's file.
const csvEnding = ".csv"

//nolint:gochecknoglobals // an immutable table
var (
	menuMonitor = text("Theo dõi", "Monitor")
	pageHome    = text("Trang chủ", "Home")
)

// watchers are who may read what the monitor shows.
func watchers() []string { return []string{"official", "administrator"} }

// pages is the table of all pages, in the order of the menu. Each has a row in testdata/pages.txt.
func pages() []page {
	return []page{
		{path: homePath, title: pageHome, show: showHome},
		{path: overviewPath, title: overviewTitle, under: menuMonitor, groups: watchers(), live: true, show: showOverview},
		{path: volumesPath, title: volumesTitle, under: menuMonitor, groups: watchers(), live: true, show: showVolumes, csv: fileVolumes},
		{path: gapsPath, title: gapsTitle, under: menuMonitor, groups: watchers(), live: true, show: showGaps, csv: fileGaps, acts: gapActs()},
		{path: indicatorsPath, title: indicatorsTitle, under: menuMonitor, groups: watchers(), show: showIndicators, csv: fileIndicators},
		{path: openDataPath, title: openDataTitle, under: menuMonitor, show: showOpenData, csv: fileOpenData},
		{path: postingsPath, title: postingsTitle, groups: watchers(), show: showPostings},
		deskPage(), organisationPage(), certificatePage(), watchesPage(), watchPage(), reportsPage(),
		{path: eventsPath, title: eventsTitle, under: menuTrade, groups: watchers(), show: showEvents},
		{path: eventsPath + "/events/:id", title: eventTitle, groups: watchers(), show: showEvent, acts: eventActs()},
		newEventPage(), newMemorandumPage(), newDeclarationPage(),
		{path: memorandaPath, title: memorandaTitle, under: menuTrade, groups: watchers(), show: showMemoranda},
		{path: memorandaPath + "/:id", title: memorandumTitle, groups: watchers(), show: showMemorandum},
		{path: programmesPath, title: programmesTitle, under: menuTrade, groups: watchers(), show: showProgrammes},
		{path: programmesPath + "/:id", title: programmeTitle, groups: watchers(), show: showProgramme},
		{path: declarationsPath, title: declarationsTitle, under: menuTrade, groups: watchers(), show: showDeclarations},
	}
}

// firstPage is where a reader begins.
func (v *visit) firstPage() string {
	for _, each := range pages() {
		if each.groups != nil && v.may(each) {
			return each.path
		}
	}
	return homePath
}

// chapter is a heading of the menu with its pages.
type chapter struct {
	title reference.Names
	pages []page
}

// menu is what the reader may open.
func (v *visit) menu() []chapter {
	var found []chapter
	for _, each := range pages() {
		if each.under == (reference.Names{}) || !v.may(each) {
			continue
		}
		if last := len(found) - 1; last >= 0 && found[last].title == each.under {
			found[last].pages = append(found[last].pages, each)
			continue
		}
		found = append(found, chapter{title: each.under, pages: []page{each}})
	}
	return found
}

// section is the address in the menu that the page is at or below; "" where there is none. The overview is above
// all others and no section of them.
func (v *visit) section() string {
	found := ""
	for _, chapter := range v.menu() {
		for _, each := range chapter.pages {
			below := each.path != overviewPath && strings.HasPrefix(v.page.path, each.path+"/")
			if (below || each.path == v.page.path) && len(each.path) > len(found) {
				found = each.path
			}
		}
	}
	return found
}

// current says, for aria-current, whether an entry of the menu is the page itself or what it is below.
func (v *visit) current(entry page) string {
	if entry.path == v.page.path {
		return "page"
	}
	return "true"
}

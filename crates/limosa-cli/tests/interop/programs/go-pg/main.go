// An application with go-pg/migrations inside: it runs a command of that library on the files of a folder.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/go-pg/migrations/v8"
	"github.com/go-pg/pg/v10"
)

func run(url, folder string, command []string) error {
	options, err := pg.ParseURL(url)
	if err != nil {
		return err
	}
	db := pg.Connect(options)
	defer db.Close()
	collection := migrations.NewCollection().DisableSQLAutodiscover(true)
	if err := collection.DiscoverSQLMigrationsFromFilesystem(http.Dir(folder), "/"); err != nil {
		return err
	}
	before, after, err := collection.Run(db, command...)
	if err != nil {
		return err
	}
	fmt.Println(before, after)
	return nil
}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: go-pg URL FOLDER COMMAND...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Checks what it can see of Countersign evidence bundles with the code that guards Go's checksum
// database and with nothing of ours: the files against the manifest, the checkpoint's signature,
// every leaf against the tiles, the tree against an earlier one. It prints a line for each bundle.
//
//	GO111MODULE=off GOPATH=$HOME/go:/usr/share/gocode go run verify.go [-key VKEY] BUNDLE...
package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type bundle map[string][]byte

func read(path string) (bundle, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	files := bundle{}
	for _, file := range archive.File {
		if _, twice := files[file.Name]; twice || file.UncompressedSize64 > 1<<30 {
			return nil, fmt.Errorf("%s: twice, or too large", file.Name)
		}
		in, err := file.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(io.LimitReader(in, 1<<30))
		in.Close()
		if err != nil {
			return nil, err
		}
		files[file.Name] = content
	}
	return files, nil
}

func (b bundle) listed() error {
	var manifest struct {
		Files []struct{ Path, Sha256 string }
	}
	if err := json.Unmarshal(b["MANIFEST.json"], &manifest); err != nil {
		return err
	}
	for _, file := range manifest.Files {
		content, there := b[file.Path]
		sum := sha256.Sum256(content)
		if !there || hex.EncodeToString(sum[:]) != file.Sha256 {
			return fmt.Errorf("%s: not as listed", file.Path)
		}
	}
	if len(manifest.Files)+2 != len(b) {
		return errors.New("files that are not listed")
	}
	return nil
}

func (b bundle) checkpoint(name, key string) (tlog.Tree, error) {
	if key == "" {
		key = strings.TrimSpace(string(b["log/log.vkey"]))
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := note.Open(b[name], note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// Height, ReadTiles and SaveTiles make a bundle what tlog reads tiles from.
func (b bundle) Height() int { return 8 }

func (b bundle) SaveTiles([]tlog.Tile, [][]byte) {}

func (b bundle) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// Go's own path has the height in it: tile/8/0/000.p/5
		path := "log/tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		content, there := b[path]
		if !there {
			return nil, fmt.Errorf("%s: absent", path)
		}
		all = append(all, content)
	}
	return all, nil
}

func (b bundle) leaves(tree tlog.Tree) (int, error) {
	hashes := tlog.TileHashReader(tree, b)
	leaves := bufio.NewScanner(bytes.NewReader(b["events/leaves.jsonl"]))
	shown := bufio.NewReaderSize(bytes.NewReader(b["events/disclosed.jsonl"]), 1<<16)
	count := 0
	for leaves.Scan() {
		line, err := shown.ReadBytes('\n')
		if err != nil {
			return count, err
		}
		var index struct{ Idx int64 }
		if err := json.Unmarshal(line, &index); err != nil {
			return count, err
		}
		proof, err := tlog.ProveRecord(tree.N, index.Idx, hashes)
		if err != nil {
			return count, err
		}
		leaf := tlog.RecordHash(leaves.Bytes())
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index.Idx, leaf); err != nil {
			return count, fmt.Errorf("leaf %d: %v", index.Idx, err)
		}
		count++
	}
	if _, err := shown.ReadByte(); err != io.EOF || leaves.Err() != nil {
		return count, errors.New("more is shown than there are leaves")
	}
	return count, nil
}

func (b bundle) grew(tree tlog.Tree, key string) error {
	if b["log/checkpoint-start"] == nil {
		return nil
	}
	old, err := b.checkpoint("log/checkpoint-start", key)
	if err != nil {
		return err
	}
	body := string(b[fmt.Sprintf("log/consistency_%d_%d.txt", old.N, tree.N)])
	head := strings.Split(strings.SplitN(body, "\n\n", 2)[0], "\n")
	if head[0] != fmt.Sprintf("old %d", old.N) {
		return errors.New("no proof from the earlier checkpoint")
	}
	var proof tlog.TreeProof
	for _, line := range head[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func verify(path, key string) (int, error) {
	files, err := read(path)
	if err != nil {
		return 0, err
	}
	if err := files.listed(); err != nil {
		return 0, err
	}
	tree, err := files.checkpoint("log/checkpoint", key)
	if err != nil {
		return 0, err
	}
	count, err := files.leaves(tree)
	if err != nil {
		return count, err
	}
	return count, files.grew(tree, key)
}

func main() {
	key := flag.String("key", "", "verifier key of the log; else the one in the bundle")
	flag.Parse()
	code := 0
	for _, path := range flag.Args() {
		if count, err := verify(path, *key); err != nil {
			fmt.Printf("%s\tbad\t%q\n", path, err)
			code = 1
		} else {
			fmt.Printf("%s\tgood\t%d leaves\n", path, count)
		}
	}
	os.Exit(code)
}

// Package mojibake recognises texts whose bytes were read in the wrong encoding,
// as old tags and file names hold them: UTF-8, cp1251, Shift-JIS or GBK read as
// Latin-1.
//
// It owns the judgement: [Guess] says which encoding was meant by all texts of an
// album together, how sure that is, and what the texts should say. It refuses to
// change anything, and to guess at a text that fits into Latin-1 as people write
// it. A guess is for a person to confirm.
//
// All functions may be called from any goroutine.
//
// Start reading at guess.go; how plausible a reading is, is judged in
// cyrillic.go and eastasian.go.
package mojibake

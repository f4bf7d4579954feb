internal import Flow
internal import Liquid

/// Looks for a run's id in the column for them, from the end of the sheet upwards.
///
/// Rows are added at the end of the data, so the newest are there; a sheet's last rows are often empty. It stops where it
/// has read enough rows with ids, or the whole column; where it may read no more, nothing is known.
struct GoogleSheetLookUp {
    /// Rows read at once: their ids stay below what is read of an answer.
    private static let window = 2500
    private static let windowLimit = 20
    private static let enough = 1000

    private let sheet: GoogleSheet
    private let column: RunIDColumn

    init(_ sheet: GoogleSheet, column: RunIDColumn) {
        self.sheet = sheet
        self.column = column
    }

    /// What adding the row would have returned; nil where there is none.
    func find() async throws(EarlyEnd) -> JSON? {
        var end = try await rowCount()
        var seen = 0
        for _ in 0..<Self.windowLimit where end > 0 && seen < Self.enough {
            let start = max(end - Self.window + 1, 1)
            let values = try await values(from: start, to: end)
            if let place = values.lastIndex(of: .string(sheet.call.id)) {
                return sheet.returned(.string(sheet.range("\(start + place):\(start + place)")))
            }
            seen += values.count { $0 != "" }
            end = start - 1
        }
        guard end > 0, seen < Self.enough else { return nil }
        throw .unclear(
            "an earlier attempt may have added the row, and the sheet has too many rows without ids to look through"
        )
    }

    /// Rows of the sheet, the empty ones included; none where it doesn't reach to the column.
    private func rowCount() async throws(EarlyEnd) -> Int {
        let answer = try await sheet.send(
            "GET", "", query: [("fields", "sheets.properties(title,gridProperties)")], Self.grid)
        let found = answer?["sheets"]?.arrayValue?.first {
            $0["properties"]?["title"]?.stringValue?.lowercased() == sheet.title.lowercased()
        }
        let grid = found?["properties"]?["gridProperties"]
        guard let rows = grid?["rowCount"]?.integerValue, let columns = grid?["columnCount"]?.integerValue
        else {
            throw .rejected("the spreadsheet has no sheet “\(sheet.title.prefix(100))” of cells")
        }
        return columns > Int64(column.index) ? Int(clamping: rows) : 0
    }

    /// The column's cells from one row to another; empty ones at the end are left out.
    private func values(from start: Int, to end: Int) async throws(EarlyEnd) -> [JSON] {
        let range = sheet.range("\(column.letters)\(start):\(column.letters)\(end)")
        let answer = try await sheet.send(
            "GET", "/values/\(URLText.segment(range))",
            query: [("majorDimension", "COLUMNS"), ("prettyPrint", "false")], Self.cells)
        return answer?["values"]?.arrayValue?.first?.arrayValue ?? []
    }

    /// An answer that can't be read leaves the doubt.
    private static let grid = GoogleSheets.answers(having: "sheets", isHarmless: true) { .retry($0, .broken) }
    private static let cells = GoogleSheets.answers(having: "range", isHarmless: true) { .retry($0, .broken) }
}

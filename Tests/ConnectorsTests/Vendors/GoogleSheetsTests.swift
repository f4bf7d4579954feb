import Flow
import Liquid
import Testing

@testable import Connectors

@Suite struct GoogleSheetsTests {
    /// The cells of column H, by row; what a sheet of so many rows answers.
    private func attempt(
        rows: Int, columns: Int64 = 26, cells: [Int: String]
    ) async throws -> (outcome: VendorOutcome, requests: [String]) {
        try await LookUpFixture.attempt(
            GoogleSheets(), "add-row",
            inputs: ["spreadsheetId": "s1", "sheetName": "Orders", "row": "[1]"],
            credentials: Credentials([:], accessToken: "at"), settings: ["run_id_column": "H"]
        ) { request in
            if request.method == "POST" { return LookUpFixture.json(["updates": [:]]) }
            guard let part = request.url.split(separator: "%21H").last, part.contains("%3AH") else {
                let grid: JSON = ["rowCount": .integer(Int64(rows)), "columnCount": .integer(columns)]
                return LookUpFixture.json([
                    "sheets": [["properties": ["title": "orders", "gridProperties": grid]]]
                ])
            }
            let bounds = part.split(separator: "?")[0].split(separator: "%3AH").compactMap { Int($0) }
            var values: [JSON] = (bounds[0]...bounds[1]).map { .string(cells[$0] ?? "") }
            while values.last == "" { values.removeLast() }
            return LookUpFixture.json(
                values.isEmpty ? ["range": "r"] : ["range": "r", "values": [.array(values)]])
        }
    }

    private func windows(_ requests: [String]) -> [String] {
        requests.compactMap { request in
            request.split(separator: "%21").last { $0.hasPrefix("H") }.map {
                String($0.split(separator: "?")[0]).replacing("%3A", with: ":")
            }
        }
    }

    @Test func `an id in the last rows of a long sheet is found with one read`() async throws {
        let (outcome, requests) = try await attempt(rows: 100_000, cells: [99_000: VendorFixture.run])
        #expect(outcome.returned == ["spreadsheetId": "s1", "updatedRange": "'Orders'!99000:99000"])
        #expect(windows(requests) == ["H97501:H100000"])
    }

    @Test func `empty rows at the end are passed over`() async throws {
        let (outcome, requests) = try await attempt(rows: 6000, cells: [1: "Run", 2: VendorFixture.run])
        #expect(outcome.returned?["updatedRange"] == "'Orders'!2:2")
        #expect(windows(requests) == ["H3501:H6000", "H1001:H3500", "H1:H1000"])
    }

    @Test func `of two rows with the id the last is named`() async throws {
        let (outcome, _) = try await attempt(rows: 10, cells: [3: VendorFixture.run, 7: VendorFixture.run])
        #expect(outcome.returned?["updatedRange"] == "'Orders'!7:7")
    }

    @Test func `beyond enough ids of other runs nothing is read`() async throws {
        let others = Dictionary(uniqueKeysWithValues: (5000...9999).map { ($0, "run \($0)") })
        let (outcome, requests) = try await attempt(rows: 10_000, cells: others)
        #expect(outcome.meaning == .succeeded)
        #expect(windows(requests) == ["H7501:H10000"])
        #expect(requests.last?.hasPrefix("POST ") == true)
    }

    @Test func `a few ids at the top of a window are not enough`() async throws {
        var cells = Dictionary(uniqueKeysWithValues: (7400...7510).map { ($0, "run \($0)") })
        cells[7300] = VendorFixture.run
        let (outcome, requests) = try await attempt(rows: 10_000, cells: cells)
        #expect(outcome.returned?["updatedRange"] == "'Orders'!7300:7300")
        #expect(windows(requests) == ["H7501:H10000", "H5001:H7500"])
    }

    @Test func `a sheet that ends before the column is not read beyond its end`() async throws {
        let (outcome, requests) = try await attempt(rows: 10, columns: 7, cells: [:])
        #expect(outcome.meaning == .succeeded)
        #expect(windows(requests) == [])
        #expect(try await windows(attempt(rows: 10, columns: 8, cells: [:]).requests) == ["H1:H10"])
    }

    @Test func `an endless empty sheet is given up, and nothing is added`() async throws {
        let (outcome, requests) = try await attempt(rows: 1_000_000, cells: [:])
        #expect(outcome.meaning == .unclear)
        #expect(requests.allSatisfy { $0.hasPrefix("GET") })
        #expect(windows(requests).count == 20)
    }

    @Test(arguments: [("A", 0), ("Z", 25), ("aa", 26), ("AZ", 51), ("ZZ", 701), ("AAA", 702)])
    func `a column's letters count from A`(letters: String, index: Int) throws {
        #expect(try RunIDColumn(setting: letters)?.index == index)
    }

    @Test(arguments: ["", "1", "A1", "AAAA", "Ä", "H:H"])
    func `what is no column's letters is refused`(setting: String) {
        #expect(throws: EarlyEnd.self) { try RunIDColumn(setting: setting) }
    }
}

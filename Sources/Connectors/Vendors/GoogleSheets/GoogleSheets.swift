internal import Flow
internal import Liquid

/// The Google Sheets API. Facts and sources: `Apps/google-sheets/README.md`.
package struct GoogleSheets: VendorAPI {
    package let connector = "google-sheets"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://sheets.googleapis.com" }

    /// `add-row` → `spreadsheets.values.append`.
    ///
    /// Where the connection names a column for run ids, the row carries its own there, and one that may have been added is
    /// looked for first.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let sheet = try GoogleSheet(call)
        let column = try RunIDColumn(setting: call.settings["run_id_column"])
        let option = try Self.inputOption(call)
        var cells = try Self.cells(call)
        if let column { cells = try column.put(call.id, into: cells) }
        if call.mayHaveActed, let column,
            let made = try await GoogleSheetLookUp(sheet, column: column).find()
        {
            return .succeeded(returned: made)
        }
        // A table that crosses the first column begins there, and with it the row. Of a whole sheet the last table
        // counts, which one empty cell in a row makes another: rows then drift to the right.
        let range = sheet.range("A:A")
        let body: JSON = ["majorDimension": "ROWS", "values": .array([.array(cells)])]
        let answer = try await sheet.send(
            "POST", "/values/\(URLText.segment(range)):append",
            query: [("valueInputOption", option), ("insertDataOption", "INSERT_ROWS")], body: body, Self.table
        )
        return .succeeded(returned: sheet.returned(answer?["updates"]?["updatedRange"]))
    }

    package func canLook(_ credentials: Credentials, _ settings: [String: String]) -> Bool {
        settings["run_id_column"] != nil
    }

    /// `RAW`, so that a shopper's `=…` stays text; anything else only where the workflow says so.
    private static func inputOption(_ call: VendorCall) throws(EarlyEnd) -> String {
        let option = call.text("valueInputOption") ?? "RAW"
        guard option == "RAW" || option == "USER_ENTERED" else {
            throw .rejected("not sent: the input valueInputOption should be RAW or USER_ENTERED")
        }
        return option
    }

    private static func cells(_ call: VendorCall) throws(EarlyEnd) -> [JSON] {
        guard let cells = try call.json("row", "a list")?.arrayValue, !cells.isEmpty else {
            throw .rejected("not sent: the input row is empty")
        }
        for (index, cell) in cells.enumerated() {
            switch cell {
            case .array, .object:
                throw .rejected("not sent: cell \(index + 1) of the input row is \(cell.kindName)")
            default: continue
            }
        }
        return cells
    }

    private static let table = answers(having: "updates") { .rejected($0) }

    /// - Parameters:
    ///   - member: what the body of a success has.
    ///   - otherwise: what a success without it comes to.
    static func answers(
        having member: String, isHarmless: Bool = false,
        otherwise: @escaping @Sendable (_ reason: String) -> VendorOutcome
    ) -> AnswerTable {
        AnswerTable(success: [200], isHarmless: isHarmless) { response, body in
            switch response.status {
            case 200 where body?[member] == nil:
                otherwise("HTTP 200, but the answer is not Google's: it has no \(member)")
            case 403 where body?["error"]?["status"]?.stringValue == "PERMISSION_DENIED":
                denied(body?["error"], AnswerTable.reason(response))
            default: nil
            }
        }
    }

    /// A missing scope and a disabled API concern each spreadsheet of the connection; any other denial this one alone.
    private static func denied(_ error: JSON?, _ reason: String) -> VendorOutcome {
        let causes = error?["details"]?.arrayValue?.compactMap { $0["reason"]?.stringValue } ?? []
        let message = error?["message"]?.stringValue ?? ""
        let concernsAll =
            causes.contains { $0 == "ACCESS_TOKEN_SCOPE_INSUFFICIENT" || $0 == "SERVICE_DISABLED" }
            || message.contains("insufficient authentication scopes") || message.contains("it is disabled")
        return concernsAll
            ? .unauthorized(reason: reason)
            : .rejected("\(reason) (share the spreadsheet with the connection's account, as an editor)")
    }
}

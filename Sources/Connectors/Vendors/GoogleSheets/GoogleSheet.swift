internal import Flow
internal import Liquid

/// One sheet (tab) of a spreadsheet, as a call's inputs name it.
struct GoogleSheet {
    let call: VendorCall
    let title: String
    private let spreadsheet: String
    private let authorization: String

    init(_ call: VendorCall) throws(EarlyEnd) {
        self.call = call
        authorization = try call.bearer(or: CredentialName.accessToken)
        spreadsheet = try call.needed("spreadsheetId")
        title = try call.needed("sheetName")
    }

    /// A part of the sheet in A1 notation. In quotes, so that a sheet named `A1` is no cell.
    func range(_ part: String) -> String { "'\(title.replacing("'", with: "''"))'!\(part)" }

    /// - Parameter path: below the spreadsheet's.
    func send(
        _ method: String, _ path: String, query: [VendorCall.Parameter], body: JSON? = nil,
        _ table: AnswerTable
    ) async throws(EarlyEnd) -> JSON? {
        let request = call.request(
            method, "/v4/spreadsheets/\(URLText.segment(spreadsheet))\(path)", query: query,
            headers: [("Authorization", authorization)], body: body)
        return try await call.send(request, table)
    }

    /// What later steps may read.
    func returned(_ range: JSON?) -> JSON {
        .compact(["spreadsheetId": .string(spreadsheet), "updatedRange": range])
    }
}

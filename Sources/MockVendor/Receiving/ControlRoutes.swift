// What people and tests ask the mock vendor itself: its health, log and totals, and a new script.

import Flow
import Hummingbird
import Liquid

/// The routes beside those of vendors. They have no access control: see ``MockVendorConfiguration``.
struct ControlRoutes: Sendable {
    /// Entries of one answer to GET /log, at most, and where no limit is asked for.
    static let pageLimit = 10_000
    static let pageDefault = 1000

    let script: CurrentScript
    let log: DeliveryLog

    func add(to router: Router<VendorRequestContext>) {
        router.get("/healthz") { _, _ in Response(plain: "ok\n", status: 200) }
        router.get("/log") { request, _ in page(request) }
        router.delete("/log") { _, _ in
            log.clear()
            return Response(status: .noContent)
        }
        router.get("/stats") { _, _ in Response(json: log.stats.json.jsonBytes) }
        router.put("/script") { request, _ in try await replaceScript(request) }
    }

    /// `GET /log?after=N&limit=M`: the entries after number N, oldest first, as a JSON array.
    private func page(_ request: Request) -> Response {
        guard let after = number("after", of: request, or: 0, in: 0...Int.max) else {
            return Response(plain: "after: a whole number from 0 should stand here\n", status: 400)
        }
        guard let limit = number("limit", of: request, or: Self.pageDefault, in: 1...Self.pageLimit) else {
            return Response(
                plain: "limit: a whole number from 1 to \(Self.pageLimit) should stand here\n", status: 400)
        }
        let entries = log.entries(after: after, limit: limit).map(\.jsonBytes)
        return Response(
            json: [UInt8(ascii: "[")] + entries.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")])
    }

    /// Nil where something else stands there.
    private func number(_ name: Substring, of request: Request, or standard: Int, in range: ClosedRange<Int>)
        -> Int?
    {
        guard let text = request.uri.queryParameters[name] else { return standard }
        return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// `PUT /script` with YAML or JSON: answers 204; 200 with a line for each rule that names a connector which isn't known
    /// here; or 400 with one line per fault and the script unchanged.
    private func replaceScript(_ request: Request) async throws -> Response {
        guard let body = try await request.wholeBody() else {
            return Response(plain: "the script is larger than \(Request.bodyLimit) bytes\n", status: 413)
        }
        let text = String(decoding: body, as: UTF8.self)
        let warnings: [String]
        do throws(Diagnostics) {
            let parsed = try VendorScript.parse(text)
            let remarks = try script.names?.remarks(on: text) ?? []
            let faults = remarks.filter(\.isFault).map(\.diagnostic)
            guard faults.isEmpty else { throw Diagnostics(faults) }
            script.value = parsed
            warnings = remarks.map { "warning: \($0.diagnostic)\n" }
        } catch {
            return Response(plain: "\(error)\n", status: 400)
        }
        return warnings.isEmpty
            ? Response(status: .noContent) : Response(plain: warnings.joined(), status: 200)
    }
}

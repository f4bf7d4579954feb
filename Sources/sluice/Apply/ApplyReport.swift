// What an apply did, or would do.

import Flow
import Liquid
import Registry

/// One row per entity that changed, and the counts.
struct ApplyReport: Sendable {
    struct Row: Hashable, Sendable {
        let kind: RegistryEntry.Kind
        let id: String
        let effect: ApplyPlan.Effect
        /// Which members of its document came, went or changed.
        var members: [String] = []
        /// The version that stands in the registry now.
        let version: Int
        /// Why the change was not written.
        let failure: String?
    }

    let rows: [Row]
    var warnings: [Diagnostic]
    /// Connections whose secrets have a new sealing key, or would get it.
    let resealed: [String]
    let isDryRun: Bool

    /// A plan that was not carried out: a dry run, or one without changes.
    init(plan: ApplyPlan, isDryRun: Bool) {
        self.isDryRun = isDryRun
        warnings = plan.warnings
        resealed = plan.resealed
        rows = plan.items.map {
            Row(
                kind: $0.kind, id: $0.id, effect: $0.effect, members: $0.members, version: $0.version,
                failure: nil)
        }
    }

    init(plan: ApplyPlan, applied: [AppliedChange]) {
        isDryRun = false
        warnings = plan.warnings
        let byEntity = Dictionary(
            applied.map { ("\($0.change.kind.rawValue)/\($0.change.id)", $0) },
            uniquingKeysWith: { first, _ in first })
        rows = plan.items.map { item in
            let change = byEntity["\(item.kind.rawValue)/\(item.id)"]
            return Row(
                kind: item.kind, id: item.id, effect: item.effect, members: item.members,
                version: change.map { $0.isDone ? $0.version : item.version } ?? item.version,
                failure: change.flatMap { $0.isDone ? nil : $0.description })
        }
        let failed = Set(rows.filter { $0.failure != nil && $0.kind == .connection }.map(\.id))
        resealed = plan.resealed.filter { !failed.contains($0) }
    }

    private var failed: [Row] { rows.filter { $0.failure != nil } }

    private func count(_ effect: ApplyPlan.Effect) -> Int {
        rows.count { $0.effect == effect && $0.failure == nil }
    }

    func print(_ printer: Printer) throws {
        if !printer.isJSON {
            for warning in warnings { Terminal.complain("warning: \(TextWidth.printable("\(warning)"))") }
        }
        try printer.print(json: json, text: text)
    }

    /// Entities that stay as they are only count.
    private var text: String {
        let changed = rows.filter { $0.effect != .unchanged }
        guard !changed.isEmpty else { return summary }
        let table = TextTable(
            ["KIND", "ID", "EFFECT", "VERSION", "WHAT"],
            rows: changed.map { row in
                let effect = isDryRun ? "would be \(row.effect.rawValue)" : row.effect.rawValue
                return [
                    row.kind.rawValue, row.id, row.failure == nil ? effect : "not written",
                    isDryRun ? "–" : "\(row.version)", row.members.joined(separator: " "),
                ]
            })
        return "\(table.text(width: Terminal.width))\n\n\(summary)"
    }

    var summary: String {
        let counts = ApplyPlan.Effect.allCases.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
        let tail = failed.isEmpty ? "" : ", \(failed.count) not written"
        let sealed = resealed.isEmpty ? "" : "\nsealed again: \(resealed.joined(separator: ", "))"
        return (isDryRun ? "dry run: " : "") + counts + tail + sealed
    }

    func throwIfAnyFailed() throws(CommandError) {
        guard !failed.isEmpty else { return }
        throw .failed(
            "\(failed.count) of \(rows.count { $0.effect != .unchanged }.counted("change")) were not written",
            do: "apply again: what was written stays, and the rest is compared with the registry anew",
            details: failed.compactMap(\.failure))
    }

    var json: JSON {
        var members: [String: JSON] = [
            "changes": .array(rows.map(\.json)), "not_written": .integer(Int64(failed.count)),
            "dry_run": .bool(isDryRun), "resealed": .array(resealed.map { .string($0) }),
            "warnings": .array(warnings.map { .string($0.description) }),
        ]
        for effect in ApplyPlan.Effect.allCases { members[effect.rawValue] = .integer(Int64(count(effect))) }
        return .object(members)
    }
}

extension ApplyReport.Row {
    fileprivate var json: JSON {
        .compact([
            "kind": .string(kind.rawValue), "id": .string(id), "effect": .string(effect.rawValue),
            "version": .integer(Int64(version)),
            "members": members.isEmpty ? JSON?.none : .array(members.map { .string($0) }),
            "reason": failure.map { .string($0) },
        ])
    }
}

// `sluice in-doubt send` and `skip`.

import ArgumentParser
import Flow
import Liquid
import Pipeline

/// Which runs are decided about.
struct DoubtTargets: ParsableArguments {
    @Argument(help: "Ids of action runs, as in-doubt list prints them.")
    var ids: [String] = []

    @Flag(help: "All runs that are in doubt now.")
    var all = false

    func validate() throws {
        if all == !ids.isEmpty {
            throw ValidationError(
                "name the runs by their ids, or say --all (list them with: sluice in-doubt list)")
        }
        for id in ids where RunID(id) == nil {
            throw ValidationError("“\(id)” is no id of an action run; list them with: sluice in-doubt list")
        }
    }

    /// - Throws: a failure that names the ids that are not in doubt; nothing is decided then.
    func runs(of found: [DoubtfulRun]) throws(CommandError) -> [DoubtfulRun] {
        guard !all else { return found }
        let wanted = Set(ids.compactMap { RunID($0) })
        let missing = wanted.subtracting(found.map(\.note.run.id)).sorted()
        guard missing.isEmpty else {
            throw .failed(
                "not in doubt: \(missing.map(\.description).joined(separator: ", "))",
                do: "list those that are with: sluice in-doubt list")
        }
        return found.filter { wanted.contains($0.note.run.id) }
    }

    func decide(_ decision: Decision, _ common: CommonOptions, _ output: OutputOptions) async throws {
        let access = DoubtAccess(settings: try await common.settings())
        let found = try await access.runs()
        let chosen = try runs(of: found)
        if !chosen.isEmpty { try await access.decide(decision, on: chosen) }
        let verb = decision == .send ? "sent again" : "skipped"
        try output.printer.print(
            json: [
                "decision": .string(decision.rawValue), "runs": .array(chosen.map(\.json)),
            ],
            text: chosen.isEmpty
                ? "nothing is in doubt"
                : "\(chosen.count.counted("run")) to be \(verb), unless somebody decided before: the first decision counts; \(chosen.count == 1 ? "its sender takes it" : "their senders take it") up within moments, and in-doubt list shows \(chosen.count == 1 ? "it" : "them") as decided until then"
        )
    }
}

struct SendInDoubtCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Has runs in doubt sent again, under their ids.",
        discussion: """
            The app may act a second time. Of two decisions about a run the first counts. JSON: {decision, runs}.
            """)

    @OptionGroup var targets: DoubtTargets
    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws { try await targets.decide(.send, common, output) }
}

struct SkipInDoubtCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Has runs in doubt go on as if their action had been done.",
        discussion: """
            Steps that follow run without what the app would have returned. Of two decisions about a run the first counts. \
            JSON: {decision, runs}.
            """)

    @OptionGroup var targets: DoubtTargets
    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws { try await targets.decide(.skip, common, output) }
}

import Flow
import Liquid
import Registry

/// What `sluice dev` says to try in another terminal: what was applied decides which stores and triggers it names.
struct DevHints {
    let directory: Directory
    let servers: String
    let secretsKeys: String
    /// Of this run of `dev`: signs requests, and stands for every secret of the examples.
    let secret: String
    let box: SecretBox
    let vendorOrigin: String
    let gatewayOrigin: String?

    /// An event that starts a workflow.
    struct Start: Hashable {
        let store: String
        let trigger: TriggerReference
        /// Whether the workflow runs for any payload.
        let isCertain: Bool
        /// Values of the payload with which it does, where its condition tells them plainly.
        var wishes: [String: String] = [:]

        /// Those before others that can be started without ado.
        fileprivate var order: (Int, String, String, Int, String) {
            (
                isCertain ? 0 : 1, "\(trigger)", store, wishes.isEmpty ? 1 : 0,
                wishes.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ")
            )
        }
    }

    var text: String {
        let example = start
        let tries = example.map(commands) ?? ["sluice apply -f PATH"]
        let note =
            example == nil
            ? "\nNothing that was applied can be started: no store with Sluice has the app of an enabled workflow's trigger."
            : ""
        return """

            Everything runs. In another terminal:
              export KAFKA_BOOTSTRAP_SERVERS=\(servers)
              export SLUICE_SECRETS_KEYS=\(secretsKeys)
              export SLUICE_EXAMPLE_SECRET=\(secret)
              export MOCK_VENDOR=\(vendorOrigin)
            The first two are for every command. The others are for what you apply: SLUICE_EXAMPLE_SECRET signs what the mock
            vendor gets (and is each of the examples' secrets), MOCK_VENDOR is where it is. Topics are made here as needed.\(note)

            \(tries.map { "  \($0)" }.joined(separator: "\n"))

            Ctrl-C ends it, and everything is gone. What happens shows below.

            """
    }

    private func commands(_ start: Start) -> [String] {
        let sets = start.wishes.sorted { $0.key < $1.key }.map { key, value in
            " --set \(Self.word("\(key)=\(value)"))"
        }
        var commands = ["sluice emit \(start.trigger) --store \(start.store)\(sets.joined()) --watch"]
        if let store = busiestStore { commands.append("sluice emit all --store \(store)") }
        commands += ["sluice get workflows", "sluice dead list", "curl \(vendorOrigin)/stats"]
        return commands + post
    }

    /// Every trigger that starts something in a store, those first whose workflows ask for nothing.
    var starts: [Start] {
        let workflows = directory.workflows.values.map(\.workflow).filter {
            $0.isEnabled && directory.catalogue.trigger($0.trigger) != nil
        }
        let starts = workflows.flatMap { workflow in
            directory.stores(of: workflow.owner).filter {
                $0.isSluiceInstalled && $0.apps.contains(workflow.trigger.connector)
            }.map {
                Start(
                    store: $0.domain, trigger: workflow.trigger, isCertain: workflow.condition == nil,
                    wishes: wishes(of: workflow))
            }
        }
        return Set(starts).sorted { $0.order < $1.order }
    }

    private func wishes(of workflow: Workflow) -> [String: String] {
        guard let trigger = directory.catalogue.trigger(workflow.trigger) else { return [:] }
        return workflow.condition?.wishes(of: trigger) ?? [:]
    }

    /// A word of a shell's command line.
    private static func word(_ text: String) -> String {
        text.wholeMatch(of: /[A-Za-z0-9_.=@-]+/) != nil
            ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }

    /// The one of the pages, where it was applied.
    private var start: Start? {
        let (starts, busiest) = (starts, busiestStore)
        let known = starts.filter { "\($0.trigger)" == "loyaltylion/moved-up-tier" }
        return known.first { $0.store == busiest } ?? known.first ?? starts.first
    }

    /// Where events of all triggers come to most; nil where there is only one to send.
    private var busiestStore: String? {
        let triggers = Dictionary(grouping: starts, by: \.store).mapValues { Set($0.map(\.trigger)).count }
        let busiest = triggers.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return busiest.flatMap { $0.value > 1 ? $0.key : nil }
    }

    /// An event by HTTP, where a connection takes this run's secret for its token.
    private var post: [String] {
        let known = ((start.map { [$0] } ?? []) + starts).first { start in
            directory.connection(start.trigger.connector, store: start.store).map(takesSecret) == true
        }
        guard let gatewayOrigin, let known, let connector = directory.catalogue[known.trigger.connector],
            let trigger = connector.trigger(known.trigger.handle)
        else { return [] }
        var generator = SeededGenerator(seed: 1)
        let sample = SamplePayload.make(
            for: trigger, types: connector.types, using: &generator, at: SampleTime.now)
        let needed = Set(trigger.fields.filter(\.isRequired).map(\.key))
        let payload = JSON.object(
            (sample.objectValue ?? [:]).filter { needed.contains($0.key) }
                .merging(known.wishes.mapValues { .string($0) }) { _, wish in wish }
        ).jsonText
        return [
            "curl \(gatewayOrigin)/v1/stores/\(known.store)/triggers/\(known.trigger) \\",
            "  -H \"Authorization: Bearer $SLUICE_EXAMPLE_SECRET\" \\",
            "  -d '\(payload.replacing("'", with: "'\\''"))'",
        ]
    }

    private func takesSecret(_ connection: Connection) -> Bool {
        // What can't be opened is none of this run's.
        connection.incoming.tokens.contains { (try? box.open($0, for: connection.id)) == secret }
    }
}

import Connectors
import Flow
import MockVendor
import Testing

/// Which actions the rules of a script may name.
@Suite struct ScriptNamesTests {
    private static func remarks(_ action: String) throws -> [ScriptNames.Remark] {
        try ScriptNames(Catalogue.builtIn()).remarks(
            on: "default: [ok]\nrules:\n  - { action: \(action), answers: [503] }", file: "s.yaml")
    }

    @Test(arguments: [
        "slack/send-message", "slack/*", "\"*\"", "\"slack/call:chat.postMessage\"", "\"slack/oauth:token\"",
        "agechecked/verify-order",
    ])
    func `what an app has is taken`(action: String) throws {
        #expect(try Self.remarks(action).isEmpty)
    }

    @Test func `an action that an app doesn't have is a fault with its place and what was meant`() throws {
        let remark = try #require(Self.remarks("slack/send-mesage").first)
        #expect(remark.isFault)
        #expect(
            remark.diagnostic.description
                == "s.yaml:3:15: rules[0].action: slack has no action “send-mesage”; did you mean send-message? its "
                + "actions are send-message; calls of its API are named as call:NAME")
        #expect(try Self.remarks("okendo/review-created").first?.isFault == true)
    }

    @Test(arguments: ["slak/send-message", "slak/*"])
    func `an app that is not known may be one of the users' own`(action: String) throws {
        let remark = try #require(Self.remarks(action).first)
        #expect(!remark.isFault)
        #expect(remark.diagnostic.message.contains("did you mean slack?"))
    }

    @Test func `PUT script goes by the connectors that its owner knows`() async throws {
        try await withVendor { (vendor, client) async throws in
            let connector = try #require(Catalogue.builtIn()["agechecked"])
            vendor.compareScripts { ScriptNames(Catalogue([connector])) }
            let text =
                "rules: [{ action: slack/send-mesage, answers: [503] }, { action: agechecked/x, answers: [ok] }]"
            let answer = try await client.send("PUT", "/script", body: Array(text.utf8))
            #expect(answer.status == 400)
            #expect(
                answer.body.hasPrefix("script:1:66: rules[1].action: agechecked has no action “x”"),
                "\(answer.body)")
        }
    }

    @Test func `PUT script refuses such an action, and tells of such an app`() async throws {
        try await withVendor { (_, client) async throws in
            func put(_ action: String) async throws -> (status: Int?, body: String) {
                let text = "rules: [{ action: \(action), answers: [503] }]"
                let answer = try await client.send("PUT", "/script", body: Array(text.utf8))
                return (answer.status, answer.body)
            }
            let fault = try await put("slack/send-mesage")
            #expect(fault.status == 400)
            #expect(fault.body.contains("did you mean send-message?"))
            let doubt = try await put("tea-club/send-gift")
            #expect(doubt.status == 200)
            #expect(
                doubt.body.hasPrefix(
                    "warning: script:1:19: rules[0].action: Sluice ships no connector “tea-club”"))
            #expect(try await put("slack/send-message").status == 204)
        }
    }
}

import Flow
import Liquid
import Registry
import Testing

@Suite("ApplyPlan") struct PlanTests {
    private func applied(_ texts: String...) throws -> Directory {
        try PlanFixtures.directory(PlanFixtures.plan(texts.joined(separator: "\n---\n")))
    }

    @Test func `an empty registry gets everything, what others need first`() throws {
        let plan = try PlanFixtures.plan(
            PlanFixtures.workflow(), PlanFixtures.connection(), PlanFixtures.stores)
        #expect(
            plan.summary == [
                "created organization/tea-group", "created store/tea-corner.myshopify.com",
                "created store/tea-house.myshopify.com", "created connection/slack@*",
                "created workflow/welcome",
            ])
        #expect(plan.changes.count == 5)
        #expect(plan.changes.allSatisfy { $0.expectedVersion == 0 })
    }

    @Test func `what was applied is unchanged, read back as well`() throws {
        let texts = [PlanFixtures.stores, PlanFixtures.connection(), PlanFixtures.workflow()].joined(
            separator: "\n---\n")
        let directory = try applied(texts)
        #expect(directory.workflows.count == 1)
        #expect(directory.stores.count == 2)
        #expect(directory.connections.count == 1)
        let again = try PlanFixtures.plan(texts, against: directory)
        #expect(again.changes.isEmpty)
        #expect(again.items(.unchanged).count == 5)
    }

    @Test func `a change says from which version it was made`() throws {
        let directory = try applied(PlanFixtures.stores, PlanFixtures.workflow())
        let plan = try PlanFixtures.plan(
            PlanFixtures.stores, PlanFixtures.workflow(text: "Hello"), against: directory)
        #expect(plan.items(.changed).map(\.id) == ["welcome"])
        #expect(plan.changes.map(\.expectedVersion) == [1])
        let later = try PlanFixtures.plan(
            PlanFixtures.workflow(text: "Hey"), against: PlanFixtures.directory(plan, on: directory))
        #expect(later.changes.map(\.expectedVersion) == [2])
    }

    @Test func `what the manifest doesn't have stays, unless it is pruned`() throws {
        let directory = try applied(
            PlanFixtures.stores, PlanFixtures.connection(), PlanFixtures.connection("loyaltylion"),
            PlanFixtures.workflow(), PlanFixtures.workflow(id: "second"))
        let some = [PlanFixtures.connection(), PlanFixtures.workflow()].joined(separator: "\n---\n")
        #expect(try PlanFixtures.plan(some, against: directory).changes.isEmpty)
        let pruned = try PlanFixtures.plan(
            some, against: directory, options: PlanFixtures.options(prunes: true))
        #expect(
            pruned.summary == [
                "unchanged connection/slack@*", "unchanged workflow/welcome",
                "deleted connection/loyaltylion@*",
                "deleted workflow/second",
            ])
        let after = PlanFixtures.directory(pruned, on: directory)
        #expect(after.workflows.keys.sorted() == ["welcome"])
        #expect(after.stores.count == 2)
    }

    @Test func `pruning leaves kinds alone that the manifest has nothing of`() throws {
        let directory = try applied(PlanFixtures.stores, PlanFixtures.connection(), PlanFixtures.workflow())
        let plan = try PlanFixtures.plan(
            PlanFixtures.stores, against: directory, options: PlanFixtures.options(prunes: true))
        #expect(plan.changes.isEmpty)
    }

    @Test func `a deleted workflow can be created again`() throws {
        let directory = try applied(
            PlanFixtures.stores, PlanFixtures.workflow(), PlanFixtures.workflow(id: "second"))
        let pruned = try PlanFixtures.plan(
            PlanFixtures.workflow(), against: directory, options: PlanFixtures.options(prunes: true))
        let again = try PlanFixtures.plan(
            PlanFixtures.workflow(id: "second"), against: PlanFixtures.directory(pruned, on: directory))
        #expect(again.items(.created).map(\.version) == [2])
    }

    @Test func `installations add to a store's apps and take from them`() throws {
        let directory = try applied(PlanFixtures.stores)
        let plan = try PlanFixtures.plan(
            "{ kind: installation, store: tea-house.myshopify.com, connector: trello }",
            "{ kind: installation, store: tea-house.myshopify.com, connector: slack, installed: false }",
            against: directory)
        #expect(plan.summary == ["changed store/tea-house.myshopify.com"])
        let after = PlanFixtures.directory(plan, on: directory)
        #expect(after.stores["tea-house.myshopify.com"]?.apps == ["loyaltylion", "trello"])
    }

    @Test func `a store without apps keeps those of the registry`() throws {
        let directory = try applied(PlanFixtures.stores)
        let plan = try PlanFixtures.plan(
            "{ kind: store, domain: tea-house.myshopify.com, organization: tea-group }", against: directory)
        #expect(plan.changes.isEmpty)
    }

    @Test func `what a store's document leaves out stays, and null takes it out of its organization`() throws
    {
        let full = """
            { kind: organization, id: o }
            ---
            { kind: store, domain: a.example, organization: o, shop_id: 7, weight: 3, apps: [slack] }
            """
        let directory = PlanFixtures.directory(try PlanFixtures.plan(full))
        let same = try PlanFixtures.plan("{ kind: store, domain: a.example }", against: directory)
        #expect(same.changes.isEmpty)
        let alone = try PlanFixtures.plan(
            "{ kind: store, domain: a.example, organization: null, weight: 4 }", against: directory)
        #expect(alone.items.first?.members == ["-organization", "~weight"])
        let store = PlanFixtures.directory(alone, on: directory).stores["a.example"]
        #expect(store?.organization == nil)
        #expect(store?.shopID == 7)
        #expect(store?.apps == ["slack"])
    }

    @Test func `a store without sluice_installed keeps what the registry says of it, as it does with apps`()
        throws
    {
        let directory = try applied(PlanFixtures.stores)
        let document = "{ kind: store, domain: tea-corner.myshopify.com, organization: tea-group }"
        #expect(try PlanFixtures.plan(document, against: directory).changes.isEmpty)
        let back = try PlanFixtures.plan(
            document.replacing(" }", with: ", sluice_installed: true }"), against: directory)
        #expect(
            PlanFixtures.directory(back, on: directory).stores["tea-corner.myshopify.com"]?.isSluiceInstalled
                == true)
        let new = PlanFixtures.directory(try PlanFixtures.plan("{ kind: store, domain: new.example }"))
        #expect(new.stores["new.example"]?.isSluiceInstalled == true)
    }

    @Test func `a workflow needs its stores, a store its organization`() throws {
        let plan = try PlanFixtures.plan(
            PlanFixtures.stores, PlanFixtures.workflow(), PlanFixtures.connection())
        let needs = Dictionary(uniqueKeysWithValues: plan.changes.map { ($0.id, $0.needs) })
        #expect(needs["tea-house.myshopify.com"] == ["organization/tea-group"])
        #expect(
            needs["welcome"] == [
                "organization/tea-group", "store/tea-house.myshopify.com", "store/tea-corner.myshopify.com",
            ])
        #expect(needs["slack@*"] == [])
    }

    // MARK: The seed's rules

    @Test func `rule 1: a connector as a condition is refused with its line`() throws {
        let workflow = """
            kind: workflow
            id: judge
            store: tea-house.myshopify.com
            trigger: loyaltylion/moved-up-tier
            conditions:
              all:
                - connector: slack
            steps:
              - action: slack/send-message
                inputs: { channel: "#vip", text: Hi }
            """
        let error = #expect(throws: Diagnostics.self) { try PlanFixtures.plan(workflow, PlanFixtures.stores) }
        #expect(
            error?.items.first?.description.hasPrefix(
                "m.yaml:7:7: conditions.all[0]: a connector (slack) can't be a condition") == true)
    }

    @Test func `rule 2: a workflow with an app that no store has is refused`() throws {
        let workflow = PlanFixtures.workflow().replacing(
            "slack/send-message", with: "klaviyo/create-campaign"
        )
        .replacing(
            ##"{ channel: "#vip", text: "Hi" }"##,
            with: "{ listId: a, templateId: b, subject: c, fromEmail: a@example.com }")
        let error = #expect(throws: Diagnostics.self) { try PlanFixtures.plan(workflow, PlanFixtures.stores) }
        #expect(
            error?.description
                == "m.yaml:6:13: klaviyo is not installed in any store of tea-group; install it in one first")
    }

    @Test func `rule 2: a store's workflow may use what another store of the organization has`() throws {
        let workflow = PlanFixtures.workflow(owner: "store: tea-corner.myshopify.com")
        let plan = try PlanFixtures.plan(workflow, PlanFixtures.stores)
        #expect(plan.items(.created).contains { $0.id == "welcome" })
        #expect(
            plan.warnings.map(\.description) == [
                "m.yaml:2:5: the workflow welcome runs nowhere yet: no store of store tea-corner.myshopify.com has "
                    + "Sluice and all of loyaltylion, slack"
            ])
    }

    @Test func `rule 2: a store without an organization counts alone`() throws {
        let store = "{ kind: store, domain: alone.myshopify.com, apps: [slack] }"
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(
                PlanFixtures.workflow(owner: "store: alone.myshopify.com"), store, PlanFixtures.stores)
        }
        #expect(
            error?.description
                == "m.yaml:4:10: loyaltylion is not installed in alone.myshopify.com; install it there first")
    }

    @Test
    func
        `rule 2: installing the app in the same manifest is enough, and uninstalling it later refuses nothing`()
        throws
    {
        let trello = PlanFixtures.workflow().replacing("slack/send-message", with: "trello/create-card")
            .replacing(##"{ channel: "#vip", text: "Hi" }"##, with: "{ listId: a, name: b }")
        let install = "{ kind: installation, store: tea-house.myshopify.com, connector: trello }"
        let directory = try applied(PlanFixtures.stores, install, trello)
        let gone = try PlanFixtures.plan(
            install.replacing("trello }", with: "trello, installed: false }"), trello, against: directory)
        #expect(gone.items(.unchanged).map(\.id) == ["welcome"])
        let after = PlanFixtures.directory(gone, on: directory)
        #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(trello.replacing("name: b", with: "name: c"), against: after)
        }
    }

    @Test(arguments: ["asana", "google-sheets", "slack", "trello"])
    func `rule 6: credentials of Sluice's own apps need Sluice in the store`(_ connector: String) throws {
        let connection = PlanFixtures.connection(connector, rest: "store: tea-corner.myshopify.com")
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(connection, PlanFixtures.stores)
        }
        #expect(
            error?.description
                == "m.yaml:2:12: the connection of \(connector) can be changed only for a store that has Sluice "
                + "installed; tea-corner.myshopify.com has not (sluice_installed)")
    }

    @Test func `rule 6: a default connection is that of the stores without one of their own`() throws {
        let stores = PlanFixtures.stores.replacing("apps: [loyaltylion]", with: "apps: [loyaltylion, slack]")
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(PlanFixtures.connection(), stores)
        }
        #expect(
            error?.description.hasPrefix(
                "m.yaml:2:12: the connection of slack can be changed only for a store that has Sluice installed; "
                    + "tea-corner.myshopify.com has not (sluice_installed), and without a store of its own the connection "
                    + "is for it, too") == true)
        // With one of its own, or with Sluice, the default is not its.
        let here = stores.replacing("sluice_installed: false", with: "sluice_installed: true")
        let own = PlanFixtures.connection(rest: "store: tea-corner.myshopify.com\nsecret: { env: SECRET }")
        let directory = try applied(here, own)
        #expect(
            try PlanFixtures.plan(PlanFixtures.connection(), stores, against: directory).items(.created).count
                == 1)
        #expect(try PlanFixtures.plan(PlanFixtures.connection(), here).items(.created).count == 4)
        let pruned = try PlanFixtures.plan(
            stores, PlanFixtures.connection("loyaltylion"), against: applied(here, PlanFixtures.connection()),
            options: PlanFixtures.options(prunes: true))
        #expect(pruned.items(.deleted).isEmpty)
    }

    @Test func `rule 6: other apps, and unchanged credentials, are left in peace`() throws {
        let corner = "store: tea-corner.myshopify.com\nsecret: { env: SECRET }"
        let here = PlanFixtures.stores.replacing("sluice_installed: false", with: "sluice_installed: true")
        let directory = try applied(here, PlanFixtures.connection(rest: corner))
        let plan = try PlanFixtures.plan(
            PlanFixtures.stores, PlanFixtures.connection(rest: corner),
            PlanFixtures.connection("loyaltylion", rest: corner), against: directory)
        #expect(plan.items(.unchanged).contains { $0.id == "slack@tea-corner.myshopify.com" })
        #expect(plan.items(.created).map(\.id) == ["loyaltylion@tea-corner.myshopify.com"])
    }

    @Test func `rule 6: pruning keeps such credentials and says so`() throws {
        let here = PlanFixtures.stores.replacing("sluice_installed: false", with: "sluice_installed: true")
        let directory = try applied(here, PlanFixtures.connection(rest: "store: tea-corner.myshopify.com"))
        let plan = try PlanFixtures.plan(
            PlanFixtures.stores, PlanFixtures.connection("loyaltylion"), against: directory,
            options: PlanFixtures.options(prunes: true))
        #expect(plan.items(.deleted).isEmpty)
        #expect(
            plan.warnings.first?.message.hasPrefix("the connection slack@tea-corner.myshopify.com is kept")
                == true)
    }
}

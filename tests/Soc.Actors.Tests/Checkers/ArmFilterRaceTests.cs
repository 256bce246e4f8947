using Akka.Actor;
using Akka.TestKit.Xunit2;
using Soc.Actors.Agents;
using Soc.Actors.Messages;
using Soc.Actors.Tests.Agents;
using Soc.Actors.Time;
using Soc.Checkers.Mpc;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Actors.Tests.Checkers;

/// <summary>
/// Case X02 of arm-filters.md section 6, made on purpose: the checker's actor serves the writer's store while hart B is in the middle of its
/// translation, after the answer was read and before it is kept. And two races of others, by the issue that taught them.
/// </summary>
public sealed class ArmFilterRaceTests : TestKit
{
    private const int Agent = 9;
    private const int Writer = 1;
    private const int Reader = 4;
    private const ulong Base = 0x2000_0000;
    private const ulong Device = 0x3000_0000;
    private const ulong Value = 0x1234_5678;
    private const ulong BlkLut = 0x1C;

    private readonly RecordingFabric _fabric = new();
    private readonly MpcChecker _checker = new(new MpcOptions("mpc", Agent, 0x8000));
    private readonly GuestMemory _memory = new(0x8000);
    private readonly SlowDevice _device = new();
    private readonly IActorRef _actor;
    private readonly InterruptedPort _port;
    private readonly SoftTlb _tlb;
    private long _sequence;

    public ArmFilterRaceTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }")
    {
        var tree = new MemoryTree();
        var behind = new ContainerRegion("behind");
        behind.Add(Base, new RamRegion("sram", _memory));
        _port = new InterruptedPort(_checker.Protect(tree, "mpc.port", Base, tree.CreateSpace("behind", behind)));
        var root = new ContainerRegion("system");
        root.Add(Base, _port);
        root.Add(Device, new MmioRegion("device", 0x1000, _device));
        AddressSpace space = tree.CreateSpace("system", root);
        tree.Commit();
        _memory.Write(0, BitConverter.GetBytes(Value));
        _tlb = new SoftTlb(new HartB(), space, new Identity(), new TlbConfiguration { Contexts = 1 });
        _actor = Sys.ActorOf(CheckerActor.Props(
            new AgentServices(_fabric, null, 0), _checker, null, true, new CheckerCounters(_checker, Agent + 1), (_, _) => { }, sanitizer: null));
    }

    [Theory]
    [InlineData(0u, Value, 0UL)]
    [InlineData(1u, Value, Value)]
    public void X02_an_answer_from_before_the_change_is_dropped_with_the_flush_and_asked_for_again(uint first, ulong during, ulong after)
    {
        StoreLut(first);
        Assert.IsType<RegisterDone>(Assert.Single(_fabric.Take()).Message);
        _port.Interrupt = () => StoreLut(1 - first);

        // The access that was under way follows the old configuration, as one that the bus had accepted; one that the old one
        // refuses and the new one permits follows the new one (the sink judges for itself).
        Assert.Equal(during, Load());

        // Hart B had registered before it read the snapshot: it is told, and the store waits for it.
        (int _, int to, ulong _, IAgentMessage message) = Assert.Single(_fabric.Take());
        Assert.Equal(Reader, to);
        var invalidate = Assert.IsType<Invalidate>(message);
        int asked = _port.Asked;

        Assert.True(_tlb.Rearm(Agent, invalidate.Scope) > 0);
        Deliver(new InvalidateAck(invalidate.Change, Reader, 0, 1, 1, false), Reader);
        Assert.Equal(Writer, Assert.Single(_fabric.Take()).To);

        // And asks again.
        Assert.Equal(after, Load());
        Assert.Equal(asked + 1, _port.Asked);
        Assert.Equal(after, Load());
        Assert.Equal(asked + 1, _port.Asked);
    }

    /// <summary>espressif/qemu issue 175: whoever wrote the register emptied the TLBs of others, on its own thread.</summary>
    [Fact]
    public void Qemu_175_a_change_touches_no_TLB_but_through_its_owner()
    {
        Assert.Equal(Value, Load());
        StoreLut(1);

        // The checker has done all it does: what the hart holds is as it was, and the writer waits.
        Assert.True(_tlb.TryRead(Base, out ulong held));
        Assert.Equal(Value, held);
        (int _, int to, ulong _, IAgentMessage message) = Assert.Single(_fabric.Take());
        Assert.Equal(Reader, to);
        var invalidate = Assert.IsType<Invalidate>(message);

        _tlb.Rearm(Agent, invalidate.Scope);
        Deliver(new InvalidateAck(invalidate.Change, Reader, 0, 1, 1, false), Reader);
        Assert.Equal((Agent, Writer), (_fabric.Sent.Single().From, _fabric.Sent.Single().To));
        Assert.Equal(0UL, Load());
    }

    /// <summary>
    /// espressif/qemu issue 174: an entry was used after a wait for a lock, in which somebody had dropped it. Here an access waits for a device
    /// that takes its time, in which everything is dropped.
    /// </summary>
    [Fact]
    public void Qemu_174_an_access_whose_entry_is_dropped_while_the_device_answers_reads_the_device()
    {
        _device.Answering = _tlb.Flush;

        Assert.Equal(TlbOutcome.Ok, _tlb.Read(Device, 8, out ulong value));
        Assert.Equal(Value + 8, value);
        Assert.Equal(TlbOutcome.Ok, _tlb.Read(Device, 8, out value));
        Assert.Equal(Value + 8, value);
        Assert.Equal(TlbOutcome.Ok, _tlb.Read(Base, 8, out value));
        Assert.Equal(Value, value);
        Assert.Equal(2, _device.Answers);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _tlb.Dispose();
        _memory.Dispose();
    }

    private ulong Load()
    {
        if (_tlb.TryRead(Base, out ulong value))
        {
            return value;
        }

        Assert.Equal(TlbOutcome.Ok, _tlb.Read(Base, 8, out value));
        return value;
    }

    private void StoreLut(uint value) => Deliver(
        new RegisterAccess(Writer, BlkLut, 4, AccessKind.Store, TransactionAttributes.Specified.WithSecure(true).ToBits(), BlkLut, value), Writer);

    private void Deliver(IAgentMessage message, int from)
    {
        _actor.Tell(new Deliver(new Envelope(0, from, ++_sequence, Agent, 0, message)), TestActor);
        ExpectMsg<Handled>();
    }

    private sealed class HartB : IInitiator
    {
        public int InitiatorId => Reader;

        public string Name => "hart B";

        public ulong Now => 0;
    }

    private sealed class Identity : IPageWalker
    {
        public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
        {
            walk = new PageWalk
            {
                PhysicalAddress = virtualAddress,
                Granted = AccessKinds.All,
                Log2Size = 12,
                Homogeneous = true,
                Attributes = TransactionAttributes.Specified.WithSecure(true),
            };
            return 0;
        }
    }

    /// <summary>A device in whose answers something happens.</summary>
    private sealed class SlowDevice : IBusDevice
    {
        public Action? Answering { get; set; }

        public int Answers { get; private set; }

        public AccessResult Read(in BusAccess access, out ulong value)
        {
            Answers++;
            Answering?.Invoke();
            value = Value + 8;
            return AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value) => AccessResult.AccessError;
    }

    /// <summary>A port between whose answer and its use something happens, once.</summary>
    private sealed class InterruptedPort(IommuRegion port) : IommuRegion("interrupted", 0x8000, Agent)
    {
        public Action? Interrupt { get; set; }

        public int Asked { get; private set; }

        public override int IndexCount => port.IndexCount;

        public override InvalidationRegistry Registry => port.Registry;

        public override object Snapshot => port.Snapshot;

        public override int IndexOf(TransactionAttributes attributes) => port.IndexOf(attributes);

        public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
        {
            Asked++;
            IommuTranslation answer = port.Translate(offset, kind, index);
            Interrupt?.Invoke();
            Interrupt = null;
            return answer;
        }
    }
}

using System.Numerics;
using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// Platform-level interrupt controller whose gateways are level-triggered, or edge-triggered where the platform says so
/// (RISC-V PLIC 1.0.0; SiFive's register layout). Self-locking.
/// </summary>
/// <remarks>
/// <code>
/// offset                     width  name                access
/// 0x000000 + 4 * source      4      priority            RW, WARL: low bits of the largest priority; 0 = never
/// 0x001000 + 4 * (source/32) 4      pending             RO, bit source%32
/// 0x002000 + 0x80 * context  4      enable words        RW, bit source%32; source 0 does not exist
/// 0x200000 + 0x1000 * ctx    4      threshold           RW, WARL
/// 0x200004 + 0x1000 * ctx    4      claim / complete    read = claim, write = complete
/// </code>
/// Accesses of another width are bus errors; everything else reads 0 and ignores writes. A request that was once
/// forwarded stays pending until claimed, also when its wire falls (section "Interrupt Gateways"). A claim does not look
/// at the threshold. A completion is ignored when the source is not enabled for the context. An edge-triggered gateway
/// makes one request of all that its device asserts until the completion, and forwards it then.
/// </remarks>
public sealed class Plic : IBusDevice
{
    /// <summary>Bytes of the register block that device trees declare.</summary>
    public const ulong RegionSize = 0x600000;

    /// <summary>Most sources, without the non-existent source 0.</summary>
    public const int MaximumSources = 1023;

    private const ulong PendingOffset = 0x1000;
    private const ulong EnableOffset = 0x2000;
    private const ulong EnableStride = 0x80;
    private const ulong ContextOffset = 0x200000;
    private const ulong ContextStride = 0x1000;

    private readonly Lock _lock = new();
    private readonly int _words;
    private readonly uint _priorityMask;
    private readonly PlicContext[] _contexts;
    private readonly IExternalInterruptPort _port;
    private readonly uint[] _priority;
    private readonly uint[] _edgeTriggered;
    private readonly uint[] _level;
    private readonly uint[] _asserted;
    private readonly uint[] _pending;
    private readonly uint[] _claimed;
    private readonly uint[][] _enable;
    private readonly uint[] _threshold;
    private readonly bool[] _output;

    /// <summary>Creates the controller: nothing enabled, all priorities and thresholds 0.</summary>
    /// <param name="sources">Sources, numbered 1 to this, at most 1023.</param>
    /// <param name="contexts">The targets, in the order of the register map.</param>
    /// <param name="port">Takes the outputs to the harts.</param>
    /// <param name="priorityBits">Bits of priorities and thresholds, 1..31.</param>
    /// <param name="edgeTriggered">The sources with edge-triggered gateways; null = none.</param>
    public Plic(int sources, IReadOnlyList<PlicContext> contexts, IExternalInterruptPort port, int priorityBits = 3, IReadOnlyList<int>? edgeTriggered = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sources, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sources, MaximumSources);
        ArgumentOutOfRangeException.ThrowIfLessThan(priorityBits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priorityBits, 31);
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(port);
        SourceCount = sources;
        _words = (sources / 32) + 1;
        _priorityMask = (1u << priorityBits) - 1;
        _contexts = [.. contexts];
        _port = port;
        _priority = new uint[sources + 1];
        _edgeTriggered = new uint[_words];
        _level = new uint[_words];
        _asserted = new uint[_words];
        _pending = new uint[_words];
        _claimed = new uint[_words];
        _enable = Array.ConvertAll(_contexts, _ => new uint[_words]);
        _threshold = new uint[_contexts.Length];
        _output = new bool[_contexts.Length];
        foreach (int source in edgeTriggered ?? [])
        {
            CheckSource(source);
            _edgeTriggered[source / 32] |= 1u << (source & 31);
        }
    }

    /// <summary>Sources, numbered 1 to this.</summary>
    public int SourceCount { get; }

    /// <summary>The wire of a source, to hand to the device that drives it.</summary>
    /// <param name="source">1 .. <see cref="SourceCount"/>.</param>
    public IInterruptLine LineOf(int source)
    {
        CheckSource(source);
        return new SourceLine(this, source);
    }

    /// <summary>The wire of a source changed, or asserts a further cause.</summary>
    /// <param name="source">1 .. <see cref="SourceCount"/>.</param>
    /// <param name="level">True = asserted.</param>
    /// <param name="by">Who caused it.</param>
    public void SetSource(int source, bool level, IInitiator by)
    {
        CheckSource(source);
        lock (_lock)
        {
            uint bit = 1u << (source & 31);
            ref uint levels = ref _level[source / 32];
            levels = level ? levels | bit : levels & ~bit;
            if (level && (_edgeTriggered[source / 32] & bit) != 0)
            {
                _asserted[source / 32] |= bit;
            }

            Forward(source);
            UpdateOutputs(by);
        }
    }

    /// <summary>Back to the state after construction; the wires keep their levels and ask again.</summary>
    public void Reset(IInitiator by)
    {
        lock (_lock)
        {
            Array.Clear(_priority);
            Array.Clear(_claimed);
            Array.Clear(_threshold);
            foreach (uint[] enable in _enable)
            {
                Array.Clear(enable);
            }

            Array.Clear(_asserted);
            _level.CopyTo(_pending, 0);
            UpdateOutputs(by);
        }
    }

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        lock (_lock)
        {
            value = ReadRegister(access);
        }

        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        lock (_lock)
        {
            WriteRegister(access.Offset, (uint)value);
            UpdateOutputs(access.Initiator);
        }

        return AccessResult.Ok;
    }

    private uint ReadRegister(in BusAccess access)
    {
        ulong offset = access.Offset;
        if (offset < PendingOffset)
        {
            return offset / 4 <= (ulong)SourceCount ? _priority[offset / 4] : 0;
        }

        if (offset < EnableOffset)
        {
            ulong word = (offset - PendingOffset) / 4;
            return word < (ulong)_words ? _pending[word] : 0;
        }

        if (TryEnableWord(offset, out int context, out int enableWord))
        {
            return _enable[context][enableWord];
        }

        if (!TryContext(offset, out context, out ulong register))
        {
            return 0;
        }

        return register switch
        {
            0 => _threshold[context],
            4 => access.Attributes.IsDebug ? (uint)Best(context, 0) : Claim(context, access.Initiator),
            _ => 0,
        };
    }

    private void WriteRegister(ulong offset, uint value)
    {
        if (offset < PendingOffset)
        {
            // Source 0 does not exist: its priority is hard-wired to 0.
            if (offset / 4 is var source && source != 0 && source <= (ulong)SourceCount)
            {
                _priority[source] = value & _priorityMask;
            }
        }
        else if (TryEnableWord(offset, out int context, out int word))
        {
            _enable[context][word] = value & ExistingSources(word);
        }
        else if (TryContext(offset, out context, out ulong register))
        {
            if (register == 0)
            {
                _threshold[context] = value & _priorityMask;
            }
            else if (register == 4)
            {
                Complete(context, value);
            }
        }
    }

    private uint Claim(int context, IInitiator by)
    {
        int source = Best(context, 0);
        if (source != 0)
        {
            uint bit = 1u << (source & 31);
            _pending[source / 32] &= ~bit;
            _claimed[source / 32] |= bit;
            UpdateOutputs(by);
        }

        return (uint)source;
    }

    private void Complete(int context, uint source)
    {
        if (source > (uint)SourceCount || (_enable[context][source / 32] & (1u << (int)(source & 31))) == 0)
        {
            return;
        }

        _claimed[source / 32] &= ~(1u << (int)(source & 31));
        Forward((int)source);
    }

    /// <summary>The gateway: a high level, or what was asserted since the last request, becomes one request, and no further one before its completion.</summary>
    private void Forward(int source)
    {
        int word = source / 32;
        uint request = ((_level[word] & ~_edgeTriggered[word]) | _asserted[word]) & ~_claimed[word] & (1u << (source & 31));
        _asserted[word] &= ~request;
        _pending[word] |= request;
    }

    /// <summary>The pending, enabled source of highest priority above a bound; the lowest number among equals; 0 if none.</summary>
    private int Best(int context, uint above)
    {
        int best = 0;
        uint[] enable = _enable[context];
        for (int word = 0; word < _words; word++)
        {
            for (uint left = _pending[word] & enable[word]; left != 0; left &= left - 1)
            {
                int source = (word * 32) + BitOperations.TrailingZeroCount(left);
                if (_priority[source] > above)
                {
                    above = _priority[source];
                    best = source;
                }
            }
        }

        return best;
    }

    private void UpdateOutputs(IInitiator by)
    {
        for (int context = 0; context < _contexts.Length; context++)
        {
            bool level = Best(context, _threshold[context]) != 0;
            if (level != _output[context])
            {
                _output[context] = level;
                _port.Set(_contexts[context].HartIndex, _contexts[context].Line, level, by);
            }
        }
    }

    private bool TryEnableWord(ulong offset, out int context, out int word)
    {
        ulong at = offset - EnableOffset;
        context = (int)(at / EnableStride);
        word = (int)(at % EnableStride / 4);
        return offset is >= EnableOffset and < ContextOffset && context < _contexts.Length && word < _words;
    }

    private bool TryContext(ulong offset, out int context, out ulong register)
    {
        ulong at = offset - ContextOffset;
        context = (int)(at / ContextStride);
        register = at % ContextStride;
        return offset >= ContextOffset && at / ContextStride < (ulong)_contexts.Length;
    }

    private uint ExistingSources(int word)
    {
        int top = SourceCount - (word * 32);
        uint existing = top >= 31 ? uint.MaxValue : (2u << top) - 1;
        return word == 0 ? existing & ~1u : existing;
    }

    private void CheckSource(int source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(source, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source, SourceCount);
    }

    private sealed class SourceLine(Plic plic, int source) : IInterruptLine
    {
        public void Set(bool level, IInitiator by) => plic.SetSource(source, level, by);
    }
}

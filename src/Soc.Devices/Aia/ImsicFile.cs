using System.Numerics;
using Soc.Memory;

namespace Soc.Devices.Aia;

/// <summary>
/// An interrupt file of an IMSIC (RISC-V AIA 1.0, chapter 3): the pending and enable bits of one privilege level of one hart. Self-locking.
/// </summary>
/// <remarks>
/// <code>
/// select       register        bits
/// 0x70         eidelivery      0 = off, 1 = on (WARL)
/// 0x72         eithreshold     0 = all, else only identities below it (WARL, as many bits as identities)
/// 0x80 + 2n    eip             64 pending bits from identity 64 n; identity 0 does not exist
/// 0xC0 + 2n    eie             64 enable bits
/// </code>
/// <para>Odd selections in the two arrays do not exist on a 64-bit hart. Lower identities have higher priority.</para>
/// </remarks>
public sealed class ImsicFile : IInterruptFile
{
    private const ulong SelectDelivery = 0x70;
    private const ulong SelectThreshold = 0x72;
    private const ulong SelectPending = 0x80;
    private const ulong SelectEnable = 0xC0;
    private const ulong SelectEnd = 0x100;

    private readonly Lock _lock = new();
    private readonly int _hart;
    private readonly HartInterruptLine _line;
    private readonly IExternalInterruptPort _port;
    private readonly ulong[] _pending;
    private readonly ulong[] _enabled;
    private readonly ulong _thresholdMask;
    private ulong _threshold;
    private bool _delivers;
    private bool _level;

    /// <summary>Creates a file that delivers nothing.</summary>
    /// <param name="identities">Identities, 63, 127 .. 2047.</param>
    /// <param name="hartIndex">The hart.</param>
    /// <param name="line">The hart's input: <see cref="HartInterruptLine.MachineExternal"/> or <see cref="HartInterruptLine.SupervisorExternal"/>.</param>
    /// <param name="port">Takes the output to the hart.</param>
    public ImsicFile(int identities, int hartIndex, HartInterruptLine line, IExternalInterruptPort port)
    {
        ArgumentNullException.ThrowIfNull(port);
        if (identities is < 63 or > 2047 || (identities & 63) != 63)
        {
            throw new ArgumentOutOfRangeException(nameof(identities), identities, "a file has 63, 127 ... 2047 identities");
        }

        IdentityCount = identities;
        _hart = hartIndex;
        _line = line;
        _port = port;
        _pending = new ulong[(identities + 1) / 64];
        _enabled = new ulong[_pending.Length];
        _thresholdMask = (1UL << (BitOperations.Log2((uint)identities) + 1)) - 1;
    }

    /// <inheritdoc/>
    public int IdentityCount { get; }

    /// <inheritdoc/>
    public ulong Top
    {
        get
        {
            lock (_lock)
            {
                return Shown(Best());
            }
        }
    }

    /// <summary>A message arrives: an identity becomes pending; unknown ones are ignored.</summary>
    /// <param name="identity">The identity.</param>
    /// <param name="by">Who sent it.</param>
    public void Receive(uint identity, IInitiator by)
    {
        if (identity == 0 || identity > (uint)IdentityCount)
        {
            return;
        }

        lock (_lock)
        {
            _pending[identity / 64] |= 1UL << (int)(identity % 64);
            UpdateOutput(by);
        }
    }

    /// <inheritdoc/>
    public ulong ClaimTop(IInitiator by)
    {
        lock (_lock)
        {
            int identity = Best();
            if (identity != 0)
            {
                _pending[identity / 64] &= ~(1UL << (identity % 64));
                UpdateOutput(by);
            }

            return Shown(identity);
        }
    }

    /// <inheritdoc/>
    public bool TryUpdate(ulong select, ulong clear, ulong set, IInitiator by, out ulong old)
    {
        lock (_lock)
        {
            old = 0;
            switch (select)
            {
                case SelectDelivery:
                    old = _delivers ? 1UL : 0;
                    _delivers = Updated(old, clear, set) switch
                    {
                        0 => false,
                        1 => true,
                        _ => _delivers,
                    };
                    break;
                case SelectThreshold:
                    old = _threshold;
                    _threshold = Updated(old, clear, set) & _thresholdMask;
                    break;
                case >= SelectPending and < SelectEnd when select % 2 == 0:
                    UpdateArray(select, clear, set, out old);
                    break;
                case > SelectDelivery and < SelectPending:
                    // The rest of the file's range is reserved and reads 0 (section 3.8).
                    break;
                default:
                    return false;
            }

            UpdateOutput(by);
            return true;
        }
    }

    /// <summary>Back to the state after construction.</summary>
    public void Reset(IInitiator by)
    {
        lock (_lock)
        {
            Array.Clear(_pending);
            Array.Clear(_enabled);
            _threshold = 0;
            _delivers = false;
            UpdateOutput(by);
        }
    }

    private static ulong Updated(ulong old, ulong clear, ulong set) => (old & ~clear) | set;

    private static ulong Shown(int identity) => ((ulong)identity << 16) | (uint)identity;

    private void UpdateArray(ulong select, ulong clear, ulong set, out ulong old)
    {
        ulong[] array = select < SelectEnable ? _pending : _enabled;
        ulong word = select % 0x40 / 2;
        old = 0;
        if (word < (ulong)array.Length)
        {
            old = array[word];
            array[word] = Updated(old, clear, set) & (word == 0 ? ~1UL : ulong.MaxValue);
        }
    }

    /// <summary>The lowest pending and enabled identity below the threshold; 0 = none.</summary>
    private int Best()
    {
        for (int word = 0; word < _pending.Length; word++)
        {
            if ((_pending[word] & _enabled[word]) is var candidates and not 0)
            {
                int identity = (word * 64) + BitOperations.TrailingZeroCount(candidates);
                return _threshold == 0 || (ulong)identity < _threshold ? identity : 0;
            }
        }

        return 0;
    }

    private void UpdateOutput(IInitiator by)
    {
        bool level = _delivers && Best() != 0;
        if (level != _level)
        {
            _level = level;
            _port.Set(_hart, _line, level, by);
        }
    }
}

package invoices

// Names and goods of Spain.

var spanishNames = names{
	nounFirst: true, saints: "San",
	titles: []string{"D.", "Dña.", "Sr.", "Sra."},
	stems:  []string{"del Norte", "del Sur", "Levante", "Castilla", "Ibérica", "Montesol", "Valverde", "Mirasierra", "del Ebro", "Bellavista", "Costa Azul", "Sierra Nevada", "del Tajo", "Atlántica", "La Rioja", "Guadiana", "Peñalara", "El Roble", "Miramar", "Las Torres"},
	banks:  []string{"Banco del Comercio", "Caja Rural", "Banco de Levante", "Caja de Ahorros", "Banco Mercantil", "Crédito Ibérico"},
	first:  []string{"Alejandro", "Álvaro", "Ana", "Andrés", "Antonio", "Beatriz", "Carlos", "Carmen", "Cristina", "Diego", "Elena", "Enrique", "Fernando", "Francisco", "Inés", "Isabel", "Javier", "José", "Juan", "Laura", "Lucía", "Luis", "Manuel", "María", "Marta", "Miguel", "Nuria", "Pablo", "Paloma", "Pedro", "Pilar", "Rafael", "Raquel", "Rosa", "Sergio", "Sofía", "Teresa", "Tomás", "Víctor", "Yolanda"},
	last:   []string{"García", "Rodríguez", "González", "Fernández", "López", "Martínez", "Sánchez", "Pérez", "Gómez", "Martín", "Jiménez", "Ruiz", "Hernández", "Díaz", "Moreno", "Muñoz", "Álvarez", "Romero", "Alonso", "Gutiérrez", "Navarro", "Torres", "Domínguez", "Vázquez", "Ramos", "Gil", "Ramírez", "Serrano", "Blanco", "Molina", "Morales", "Suárez", "Ortega", "Delgado", "Castro", "Ortiz", "Rubio", "Marín", "Sanz", "Núñez", "Iglesias", "Medina", "Garrido", "Cortés", "Castillo"},
	nouns: [numTrades][]string{
		tradeGoods:    {"Suministros", "Herramientas", "Papelería", "Talleres", "Materiales", "Electricidad", "Envases", "Muebles", "Comercial", "Imprenta", "Distribuciones", "Consultores", "Equipos", "Textiles", "Ferretería", "Maquinaria"},
		tradeClients:  {"Construcciones", "Hotel", "Panadería", "Cervecería", "Automóviles", "Editorial", "Grupo", "Inmobiliaria", "Restaurante", "Viajes", "Bodegas", "Arquitectos", "Gestoría", "Promociones", "Clínica Dental"},
		tradeSoftware: {"Software", "Nube", "Informática", "Datos", "Soluciones Digitales", "Sistemas"},
		tradeTelecom:  {"Móvil", "Telecomunicaciones", "Redes", "Fibra", "Conexión", "Telefonía"},
		tradeFreight:  {"Transportes", "Logística", "Fletes", "Mensajería", "Carga", "Agencia de Transportes"},
		tradeEnergy:   {"Energía", "Eléctrica", "Electricidad", "Comercializadora"},
		tradeGas:      {"Gas", "Gas Natural", "Energía", "Gasística"},
		tradeWater:    {"Aguas", "Aguas de", "Servicio de Aguas", "Canal"},
		tradeHeat:     {"Calor", "Energía Térmica", "Red de Calor"},
		tradeHospital: {"Hospital", "Hospital Universitario", "Centro Hospitalario", "Clínica"},
		tradeClinic:   {"Consulta", "Clínica", "Clínica Dental", "Centro de Fisioterapia", "Centro Médico"},
		tradeDefence:  {"Aeronáutica", "Sistemas", "Defensa", "Astilleros", "Ingeniería", "Seguridad"},
		tradeShop:     {"Supermercado", "Farmacia", "Panadería", "Librería", "Mercado", "Cafetería", "Ferretería", "Bazar", "Alimentación", "Deportes"},
		tradeFuel:     {"Estación de Servicio", "Gasolinera", "Carburantes"},
	},
	agencies: []string{"Dirección General de Carreteras", "Ministerio de Obras", "Servicio de Salud", "Oficina de Compras", "Agencia de Medio Ambiente", "Autoridad Portuaria", "Ayuntamiento, Tesorería", "Base Naval", "Instituto Geográfico", "Confederación Hidrográfica"},
}

var spanishGoods = []catalog{
	{
		nouns: []string{"Papel de copia", "Cuaderno", "Bolígrafos", "Grapadora", "Silla de oficina", "Archivadores", "Lámpara de mesa", "Tóner", "Sobres", "Destructora", "Etiquetas", "Soporte de pantalla", "Perforadora", "Marcadores", "Cajonera"},
		after: true, attributes: []string{"A4", "de metal", "con espiral", "de lujo"}, details: []string{"80 g", "500 hojas", "0,7 mm", "90 x 60 cm", "12 uds."},
		units: []string{"ud.", "uds.", "caja", "paq."}, packs: []string{"12/caja", "10 x 500", "6 uds."}, low: 180, high: 24000, most: 40,
	},
	{
		nouns: []string{"Tornillo", "Arandela", "Tuerca", "Bisagra", "Broca", "Racor", "Válvula", "Escuadra", "Rodamiento", "Abrazadera", "Junta", "Taladro", "Hoja de sierra", "Manómetro", "Perno"},
		after: true, attributes: []string{"de acero", "inoxidable", "de latón", "con rosca fina"}, details: []string{"M8 x 40", "M6", "DN25", "10 mm", "IP67", "18 V"},
		units: []string{"ud.", "uds.", "juego", "kg", "m"}, packs: []string{"100/caja", "50 uds.", "25/bolsa"}, low: 12, high: 18000, most: 200, traced: true,
	},
	{
		nouns: []string{"Café en grano", "Aceite de oliva", "Mantequilla", "Filete de salmón", "Pechuga de pollo", "Queso manchego", "Harina", "Tomates", "Arroz", "Almendras", "Zumo de manzana", "Miel", "Pasta", "Yogur", "Agua con gas"},
		after: true, attributes: []string{"extra", "de la tierra", "sin sal", "bio"}, details: []string{"1 kg", "500 g", "5 l", "750 ml", "cat. I"},
		units: []string{"kg", "caja", "saco", "l"}, packs: []string{"6 x 1 kg", "12 x 750 ml", "10 kg"}, low: 95, high: 9800, most: 60, traced: true,
	},
	{
		nouns: []string{"Teclado", "Pantalla", "Base de conexión", "Router", "Conmutador", "Fuente de alimentación", "Disco duro", "Cámara web", "Auriculares", "Proyector", "Adaptador", "Cable de red", "Sensor", "Lector de códigos", "Tableta"},
		after: true, attributes: []string{"USB-C", "HDMI", "LED", "Bluetooth", "sin cable"}, details: []string{"27 pulgadas", "8 puertos", "1 TB", "16 GB", "24 V", "2 m"},
		units: []string{"ud.", "uds."}, low: 450, high: 98000, most: 12, traced: true,
	},
	{
		nouns: []string{"Consultoría", "Mantenimiento", "Contabilidad", "Traducción", "Formación", "Inspección", "Gestión de proyecto", "Instalación", "Reparación", "Limpieza", "Diseño", "Asistencia"},
		after: true, attributes: []string{"a domicilio", "según contrato", "en remoto"}, details: []string{"fase 1", "fase 2", "semana 14", "desplazamiento incl."},
		units: []string{"h", "horas", "día"}, low: 4500, high: 22000, most: 40, hours: true,
	},
	{
		nouns: []string{"Tarima", "Tejas", "Ladrillos", "Placas de yeso", "Ventana", "Puerta", "Mortero", "Pintura", "Adoquines", "Rollo aislante", "Canalón", "Cemento cola", "Postes"},
		after: true, attributes: []string{"de roble", "de pino", "de hormigón"}, details: []string{"2,4 m", "12,5 mm", "10 l", "25 kg"},
		units: []string{"m2", "ud.", "saco", "palé", "m"}, packs: []string{"20/palé", "50 uds."}, low: 240, high: 32000, most: 80, traced: true,
	},
}

var spanishGroceries = catalog{
	nouns: []string{"Leche", "Pan", "Plátanos", "Huevos", "Yogur", "Manzanas", "Queso", "Café", "Pizza", "Jamón", "Refresco", "Patatas fritas", "Champú", "Dentífrico", "Pilas", "Detergente", "Cereales", "Mantequilla", "Pasta", "Zumo", "Galletas"},
	after: true, attributes: []string{"bio", "extra", "natural", "familiar"}, details: []string{"1L", "500G", "X12", "250ML"}, units: []string{"ud.", "kg", "x"}, low: 49, high: 2499, most: 4,
}

var spanishDishes = catalog{
	nouns: []string{"Café con leche", "Tortilla", "Ensalada", "Bocadillo", "Café solo", "Sopa del día", "Tostada", "Limonada", "Tarta de queso", "Vino tinto", "Caña", "Paella", "Té", "Croquetas", "Menú del día"},
	after: true, attributes: []string{"de la casa", "con jamón", "sin gluten"}, units: []string{"x", "ud."}, low: 250, high: 3200, most: 3,
}

var spanishContract = catalog{
	nouns: []string{"Asistencia técnica", "Mantenimiento", "Integración", "Documentación", "Formación", "Revisión general", "Lote de repuestos", "Inspección", "Soporte de software", "Vigilancia", "Almacenaje", "Calibración"},
	after: true, attributes: []string{"vehículos", "radar", "red"}, details: []string{"lote II", "anualidad 1", "tarea 3"}, units: []string{"LO", "ud.", "h", "mes"}, low: 9500, high: 410000, most: 12, traced: true,
}

var spanishProcedures = []string{
	"Consulta de revisión", "Consulta de complejidad media", "Primera consulta", "Atención en urgencias", "Visita hospitalaria", "Cuidados intensivos, primera hora", "Extracción de sangre", "Perfil metabólico",
	"Hemograma completo", "Análisis de orina", "Radiografía de tórax, dos proyecciones", "Radiografía de tobillo", "TAC de cráneo sin contraste", "TAC abdominal con contraste", "Resonancia lumbar", "Electrocardiograma",
	"Ecocardiograma", "Ejercicio terapéutico", "Terapia manual", "Vacunación", "Biopsia de piel", "Cura de herida simple", "Infiltración articular", "Artroscopia de rodilla",
	"Colonoscopia", "Extirpación de vesícula", "Atención al parto", "Anestesia, abdomen", "Tratamiento inhalado", "Examen ocular", "Inyección de medicamento", "Prueba de estreptococo",
}
